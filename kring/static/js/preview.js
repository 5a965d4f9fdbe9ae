/** Small pictures of files that are not in yet: one at a time, for thirty large ones do not fit in a phone's memory. */
const WIDTH = 320; // pixels

let line = Promise.resolve();

/** A canvas with the picture, for as long as it is wanted; null where the browser cannot read it. */
export function preview(file, isWanted) {
  const drawn = line.then(() => (isWanted() ? draw(file) : null));
  line = drawn.catch(() => null);
  return line;
}

async function draw(file) {
  const bitmap = await createImageBitmap(file, { resizeWidth: WIDTH, resizeQuality: "low" });
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: bitmap.width, height: bitmap.height });
  canvas.getContext("bitmaprenderer").transferFromImageBitmap(bitmap);
  return canvas;
}
