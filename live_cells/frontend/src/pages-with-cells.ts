/** Load in one piece what a page with cells needs, be it a page of Sphinx's or widgets in one of mystmd's. */
export { findSurface, LivePage } from "./page";
export { show } from "./widget";
