/** What comes where there are cells, in one piece: a page of Sphinx's, or the widgets of mystmd's. */
export { findSurface, LivePage } from "./page";
export { show } from "./widget";
