// Arrows, circles and words over a photo before it is sent. The photo stays as it was taken; what was drawn goes with it as
// whole numbers on a sheet whose longer side is 1000 (models/base/columns/photo_marks.py).
const LONG = 1000;
const MOST = 40;
const RED = "#e4002b";
const WHITE = "#ffffff";

function shape(ink, [kind, x1, y1, x2, y2, words]) {
  if (kind === "words") {
    ink.font = "600 40px Inter, sans-serif";
    Object.assign(ink, { lineWidth: 8, strokeStyle: WHITE, fillStyle: RED });
    ink.strokeText(words, x1, y1);
    ink.fillText(words, x1, y1);
    return;
  }
  for (const [colour, width] of [[WHITE, 14], [RED, 8]]) {
    Object.assign(ink, { strokeStyle: colour, lineWidth: width });
    ink.beginPath();
    if (kind === "circle") {
      ink.ellipse((x1 + x2) / 2, (y1 + y2) / 2, Math.abs(x2 - x1) / 2, Math.abs(y2 - y1) / 2, 0, 0, 2 * Math.PI);
    } else {
      const back = Math.atan2(y1 - y2, x1 - x2);
      const side = Math.min(60, Math.hypot(x1 - x2, y1 - y2));
      ink.moveTo(x1, y1);
      ink.lineTo(x2, y2);
      for (const turn of [Math.PI / 6, -Math.PI / 6]) {
        ink.moveTo(x2 + side * Math.cos(back + turn), y2 + side * Math.sin(back + turn));
        ink.lineTo(x2, y2);
      }
    }
    ink.stroke();
  }
}

// The drawing as text, "" where nothing was drawn or where this browser cannot show the photo (HEIC).
export async function drawOn(dialog, file) {
  const photo = await createImageBitmap(file, { resizeQuality: "medium" }).catch(() => null);
  if (!photo) return "";
  const scale = LONG / Math.max(photo.width, photo.height);
  const [w, h] = [Math.round(photo.width * scale), Math.round(photo.height * scale)];
  const canvas = dialog.querySelector("canvas");
  const words = dialog.querySelector("[data-mark-words]");
  const ink = canvas.getContext("2d");
  const marks = [];
  let begun = null;
  Object.assign(canvas, { width: w, height: h });
  Object.assign(ink, { lineCap: "round", lineJoin: "round" });
  words.value = "";

  const tool = () => dialog.querySelector("input[type=radio]:checked").value;
  const redraw = (...more) => {
    ink.drawImage(photo, 0, 0, w, h);
    [...marks, ...more].forEach((mark) => shape(ink, mark));
  };
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    const on = (value, from, size, most) => Math.max(0, Math.min(most, Math.round(((value - from) / size) * most)));
    return [on(event.clientX, box.left, box.width, w), on(event.clientY, box.top, box.height, h)];
  };
  const made = (event) => [tool(), ...begun, ...at(event), ...(tool() === "words" ? [words.value.trim()] : [])];
  const ears = new AbortController();
  const hear = (target, name, does) => target.addEventListener(name, does, { signal: ears.signal });

  hear(canvas, "pointerdown", (event) => {
    if (begun || event.button || marks.length >= MOST) return;
    if (tool() === "words" && !words.value.trim()) {
      words.focus();
      return;
    }
    event.preventDefault();
    begun = at(event);
    canvas.setPointerCapture(event.pointerId);
    redraw(made(event));
  });
  hear(canvas, "pointermove", (event) => { if (begun) redraw(made(event)); });
  hear(canvas, "pointerup", (event) => {
    if (!begun) return;
    const mark = made(event);
    const [kind, x1, y1, x2, y2] = mark;
    begun = null;
    if (kind === "words") words.value = "";
    if (kind === "words" || Math.hypot(x2 - x1, y2 - y1) > 10) marks.push(mark);
    redraw();
  });
  hear(canvas, "pointercancel", () => { begun = null; redraw(); });
  hear(dialog.querySelector("[data-mark-undo]"), "click", () => { marks.pop(); redraw(); });
  redraw();
  dialog.returnValue = "";
  dialog.showModal();
  await new Promise((done) => { hear(dialog, "close", done); });
  ears.abort();
  photo.close();
  return dialog.returnValue === "done" && marks.length ? JSON.stringify({ w, h, marks }) : "";
}
