// A sheet on which somebody signs with a finger, a pen or a mouse: strokes of whole numbers on 1000 by 400, kept as text in
// the box beside it, so that the phone keeps them like any typed words. The server reads them (models/installation/strokes.py).
const NEAR = 4; // units that a point must lie from the one before
const MOST_POINTS = 4000;

function sheet(part) {
  const canvas = part.querySelector("canvas");
  const box = part.parentElement.querySelector("textarea");
  const ink = canvas.getContext("2d");
  let strokes = [];
  let drawing = null; // the pointer that draws

  function redraw() {
    ink.clearRect(0, 0, canvas.width, canvas.height);
    Object.assign(ink, { strokeStyle: "#0b1f44", lineWidth: 7, lineCap: "round", lineJoin: "round" });
    for (const stroke of strokes) {
      ink.beginPath();
      ink.moveTo(stroke[0], stroke[1]);
      ink.lineTo(stroke[0], stroke[1]);
      for (let at = 2; at < stroke.length; at += 2) ink.lineTo(stroke[at], stroke[at + 1]);
      ink.stroke();
    }
    canvas.setAttribute("aria-label", strokes.length ? canvas.dataset.signed : canvas.dataset.empty);
  }

  function read() {
    try {
      strokes = JSON.parse(box.value.slice(box.value.indexOf("["))).filter((stroke) => Array.isArray(stroke) && stroke.length > 1);
    } catch {
      strokes = [];
    }
    redraw();
  }

  function put() {
    box.value = strokes.length ? `${new Date().toISOString()} ${JSON.stringify(strokes)}` : "";
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function point(event) {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const on = (at, from, size, most) => Math.max(0, Math.min(most, Math.round(((at - from) / size) * most)));
    return [on(event.clientX, left, width, canvas.width), on(event.clientY, top, height, canvas.height)];
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (drawing !== null || event.button) return;
    event.preventDefault();
    drawing = event.pointerId;
    canvas.setPointerCapture(drawing);
    strokes.push(point(event));
    redraw();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId !== drawing || strokes.reduce((sum, one) => sum + one.length, 0) > 2 * MOST_POINTS - 4) return;
    const stroke = strokes[strokes.length - 1];
    const [x, y] = point(event);
    if (Math.hypot(x - stroke[stroke.length - 2], y - stroke[stroke.length - 1]) < NEAR) return;
    stroke.push(x, y);
    redraw();
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, (event) => {
      if (event.pointerId !== drawing) return;
      drawing = null;
      put();
    });
  }
  part.querySelector("button").addEventListener("click", () => {
    strokes = [];
    redraw();
    put();
  });
  box.form.addEventListener("restored", read);
  part.hidden = false;
  read();
}

document.querySelectorAll("[data-signature]").forEach(sheet);
