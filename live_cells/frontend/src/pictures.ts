/** Finds why a picture must not be shown: it lies elsewhere, is damaged, or is too dear to draw. */
import { findFault } from "./drawing";

const DATA = /^data:image\/(png|jpeg|gif|svg\+xml);base64,([A-Za-z0-9+/=\s]*)$/;
const MOST_PIXELS = 40_000_000; // decoded, 160 MB

/** Why a picture at this address is not shown, or null if it may be. */
export function findFaultInAddress(address: string): string | null {
  const [, kind, encoded] = DATA.exec(address) ?? [];
  if (kind === undefined || encoded === undefined) return `it would have been loaded from ${address.slice(0, 200)}`;
  try {
    const bytes = Uint8Array.from(atob(encoded.replace(/\s/g, "")), (letter) => letter.charCodeAt(0));
    if (kind === "svg+xml") return findFault(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return countPixels(bytes) > MOST_PIXELS ? "it is too large" : null;
  } catch {
    return "it is damaged";
  }
}

/** The number of pixels that a PNG, a GIF or a JPEG says it has; throws if it says none. */
function countPixels(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer);
  if (view.getUint32(0) === 0x89504e47) return view.getUint32(16) * view.getUint32(20);
  if (view.getUint32(0) === 0x47494638) return view.getUint16(6, true) * view.getUint16(8, true);
  if (view.getUint16(0) !== 0xffd8) throw new RangeError("This is no picture of a known kind.");
  let place = 2;
  while (!isFrame(view.getUint16(place))) place += 2 + view.getUint16(place + 2);
  return view.getUint16(place + 5) * view.getUint16(place + 7);
}

/** Whether a JPEG's marker begins a frame, which holds its size. */
function isFrame(marker: number): boolean {
  return marker >= 0xffc0 && marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker);
}
