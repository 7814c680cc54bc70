/** Declare the package `live_cells_page`, with which Python runs the page's cells, as a gzipped tar archive. */
declare module "in-page-python" {
  const archive: Uint8Array;
  export default archive;
}
