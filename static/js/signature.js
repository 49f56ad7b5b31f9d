// A signature drawn on a canvas; what is sent are its points. Typing the name alone does as well.

const WIDTH = 1000, MOST = 2800;
const pad = document.querySelector("canvas[data-strokes]");
const field = pad && document.getElementById(pad.dataset.strokes);

if (field) {
  const pen = pad.getContext("2d");
  let strokes = [], drawing = false;

  const place = event => {
    const edge = pad.getBoundingClientRect(), scale = WIDTH / edge.width;
    const within = (value, most) => Math.round(Math.min(Math.max(value, 0), most));
    return [
      within((event.clientX - edge.left) * scale, WIDTH),
      within((event.clientY - edge.top) * scale, pad.height),
    ];
  };
  const points = () => strokes.reduce((sum, stroke) => sum + stroke.length, 0);
  const keep = () => {
    field.value = strokes.map(stroke => stroke.map(point => point.join(",")).join(" ")).join(";");
  };
  const draw = () => {
    pen.clearRect(0, 0, pad.width, pad.height);
    pen.strokeStyle = getComputedStyle(pad).color;
    pen.lineWidth = 5;
    pen.lineCap = pen.lineJoin = "round";
    for (const [first, ...rest] of strokes) {
      pen.beginPath();
      pen.moveTo(...first);
      for (const point of rest) pen.lineTo(...point);
      pen.stroke();
    }
  };

  pad.addEventListener("pointerdown", event => {
    if (points() > MOST || strokes.length > 58) return;
    drawing = true;
    pad.setPointerCapture(event.pointerId);
    strokes.push([place(event), place(event)]);
    event.preventDefault();
  });
  pad.addEventListener("pointermove", event => {
    if (!drawing || points() > MOST) return;
    strokes.at(-1).push(place(event));
    draw();
  });
  for (const name of ["pointerup", "pointercancel"])
    pad.addEventListener(name, () => {
      drawing = false;
      draw();
      keep();
    });
  document.querySelector("[data-clear-strokes]").addEventListener("click", () => {
    strokes = [];
    draw();
    keep();
  });
}
