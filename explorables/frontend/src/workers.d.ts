/** Declare where the program of a worker is: see `build.mjs`. */
declare module "worker:*" {
  const address: () => string;
  export default address;
}
