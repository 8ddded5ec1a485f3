// What a reader has typed, in the address: compressed, then base64 with the letters that an address may hold.

const LONGEST = 100_000; // characters

export async function packed(text) {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const letters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export async function unpacked(letters) {
  const bytes = Uint8Array.from(atob(letters.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  let text = "";
  for await (const piece of pieces(stream.pipeThrough(new TextDecoderStream("utf-8", { fatal: true })))) {
    text += piece;
    if (text.length > LONGEST) throw new RangeError("too long");
  }
  return text;
}

async function* pieces(stream) {
  const reader = stream.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
}

/** Put the text into the address after a mark, as in #d=…, and copy the address; say what became of it. */
export async function linked(mark, text, what) {
  history.replaceState(null, "", `#${mark}=${await packed(text)}`);
  return (await copied(location.href))
    ? `The link is copied: it holds ${what}.`
    : `The address of this page now holds ${what}: copy it from there.`;
}

/** Forget what the address holds, once the reader has changed it. */
export function unlinked(mark) {
  if (location.hash.startsWith(`#${mark}=`)) history.replaceState(null, "", location.pathname + location.search);
}

export const copied = (text) => Promise.resolve(navigator.clipboard?.writeText(text).then(() => true, () => false));
