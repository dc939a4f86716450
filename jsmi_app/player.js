// A film of a training: the score matrix beside the best one, the vectors in the plane, and S climbing to its bound.
// It draws on canvases and asks no server. Words are drawn as text, never as markup.
const SECONDS = 10; // from the first moment to the last, at speed 1
const REAL = [0, 114, 178];
const MADE_UP = [213, 94, 0];
const FULL = 5; // nats of m that have the full colour

export default function play({ data, parentElement }) {
  const told = JSON.stringify([data.updates, data.scores, data.unit]);
  const old = parentElement.querySelector(".jsmi-film");
  if (old && old.told === told) return old.close;
  old?.close();
  const film = new Player(data, parentElement);
  film.root.told = told;
  film.root.close = () => film.close();
  return film.root.close;
}

class Player {
  constructor(data, parent) {
    this.data = data;
    this.last = data.updates.length - 1;
    this.at = this.last; // a finished picture first
    this.speed = 1;
    this.playing = false;
    this.root = build("div", parent, { className: "jsmi-film", tabIndex: 0 });
    this.root.setAttribute("role", "group");
    this.root.setAttribute("aria-label", `Film of a training. ${data.title}`);
    build("style", this.root, { textContent: STYLE });
    this.scene();
    this.controls();
    this.reach = reachOf(data);
    this.root.addEventListener("keydown", (event) => this.pressed(event));
    this.sizes = new ResizeObserver(() => this.draw());
    this.sizes.observe(this.root);
    this.theme = matchMedia("(prefers-color-scheme: dark)");
    this.repaint = () => this.draw();
    this.theme.addEventListener("change", this.repaint);
    this.draw();
  }

  scene() {
    const scene = build("div", this.root, { className: "scene" });
    this.canvases = {};
    const titles = {
      matrix: "Scores m, and the best ones",
      plane: "Words ● and contexts ○",
      curve: "Score S under its bound",
    };
    for (const [name, title] of Object.entries(titles)) {
      const panel = build("figure", scene, {});
      build("figcaption", panel, { textContent: title });
      this.canvases[name] = build("canvas", panel, {});
      this.canvases[name].setAttribute("role", "img");
      this.canvases[name].setAttribute("aria-label", title);
    }
  }

  controls() {
    const bar = build("div", this.root, { className: "bar" });
    const button = (text, label, action) => {
      const made = build("button", bar, { type: "button", textContent: text, title: label });
      made.setAttribute("aria-label", label);
      made.addEventListener("click", action);
      return made;
    };
    button("|◀", "Rewind", () => this.go(0));
    button("◀", "One moment back", () => this.go(Math.ceil(this.at) - 1));
    this.toggle = button("▶ Play", "Play or pause", () => this.turn());
    button("▶|", "One moment on", () => this.go(Math.floor(this.at) + 1));
    this.slider = build("input", bar, { type: "range", min: 0, max: this.last, step: 1 });
    this.slider.setAttribute("aria-label", "Moment");
    this.slider.addEventListener("input", () => this.go(Number(this.slider.value)));
    const speeds = build("select", bar, { title: "Speed" });
    speeds.setAttribute("aria-label", "Speed");
    for (const speed of [0.25, 0.5, 1, 2, 4]) build("option", speeds, { value: speed, textContent: `${speed}×` });
    speeds.value = "1";
    speeds.addEventListener("change", () => (this.speed = Number(speeds.value)));
    this.status = build("div", this.root, { className: "status" });
    this.status.setAttribute("aria-live", "off");
  }

  pressed(event) {
    const keys = {
      " ": () => this.turn(),
      ArrowLeft: () => this.go(Math.ceil(this.at) - 1),
      ArrowRight: () => this.go(Math.floor(this.at) + 1),
      Home: () => this.go(0),
      End: () => this.go(this.last),
    };
    if (event.target !== this.root || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  }

  go(moment) {
    this.pause();
    this.at = Math.min(Math.max(moment, 0), this.last);
    this.draw();
  }

  turn() {
    if (this.playing) return this.pause();
    if (this.at >= this.last) this.at = 0;
    this.playing = true;
    this.toggle.textContent = "❚❚ Pause";
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches; // then moments follow each other without gliding
    let before = performance.now();
    const tick = (now) => {
      if (!this.playing) return;
      const passed = Math.max(now - before, 0) / 1000; // the first frame may have begun before the button was pressed
      this.at = Math.min(this.at + passed * this.speed * (this.last / SECONDS), this.last);
      before = now;
      this.draw(still);
      if (this.at >= this.last) return this.pause();
      this.frame = requestAnimationFrame(tick);
    };
    this.frame = requestAnimationFrame(tick);
  }

  pause() {
    this.playing = false;
    cancelAnimationFrame(this.frame);
    this.toggle.textContent = "▶ Play";
  }

  close() {
    this.pause();
    this.sizes.disconnect();
    this.theme.removeEventListener("change", this.repaint);
    this.root.remove();
  }

  draw(still = false) {
    const { data } = this;
    const at = still ? Math.floor(this.at) : this.at;
    const words = between(data.words, at);
    const contexts = between(data.contexts, at);
    this.colours = coloursOf(this.root);
    this.matrix(words, contexts);
    this.plane(words, contexts, at);
    this.curve(at);
    const moment = Math.round(at);
    this.slider.value = String(moment);
    const score = data.scores[moment].toFixed(4);
    this.status.textContent =
      `after ${data.updates[moment].toLocaleString("en")} ${data.updates[moment] === 1 ? "update" : "updates"}: ` +
      `S = ${score} of ${data.bound.toFixed(4)} ${data.unit}`;
    this.root.dataset.moment = String(moment);
    this.root.dataset.drawn = String(Number(this.root.dataset.drawn || 0) + 1);
  }

  matrix(words, contexts) {
    const [pen, width, height] = fresh(this.canvases.matrix);
    const { data, colours } = this;
    const rows = words.length;
    const columns = contexts.length;
    const gap = 18;
    const beside = Math.min((width - gap) / 2 / columns, (height - 20) / rows);
    const below = Math.min(width / columns, (height - 46) / 2 / rows);
    const edge = Math.max(beside, below);
    const tables = [
      ["m now", (x, y) => product(words[x], contexts[y])],
      ["m*, the best", (x, y) => data.best[x][y]],
    ];
    tables.forEach(([name, value], place) => {
      const left = below > beside ? 0 : place * (columns * edge + gap);
      const top = below > beside ? place * (rows * edge + 26) : 0;
      write(pen, name, left, top + 12, colours.text, 12, "left");
      for (let x = 0; x < rows; x++) {
        for (let y = 0; y < columns; y++) {
          const m = value(x, y);
          const [at, down] = [left + y * edge, top + 20 + x * edge];
          pen.fillStyle = shade(m === null ? -Infinity : m, colours.ground);
          pen.fillRect(at, down, edge - 1, edge - 1);
          if (edge > 30) {
            const text = m === null ? "−∞" : m.toFixed(1).replace("-", "−");
            const ink = strength(m === null ? -Infinity : m) > 0.55 ? "#fff" : colours.text;
            write(pen, text, at + edge / 2, down + edge / 2 + 4, ink, Math.min(13, edge / 3), "center");
          }
        }
      }
    });
  }

  plane(words, contexts, at) {
    const [pen, width, height] = fresh(this.canvases.plane);
    const { data, colours } = this;
    const unit = (Math.min(width, height) / 2 - 16) / this.reach;
    const flat = (vector) => {
      const [x, y] = flattened(vector, data.plane);
      return [width / 2 + unit * x, height / 2 - unit * y];
    };
    pen.strokeStyle = colours.faint;
    line(pen, [[0, height / 2], [width, height / 2]]);
    line(pen, [[width / 2, 0], [width / 2, height]]);
    const sides = [
      ["words", words, data.word_names, REAL],
      ["contexts", contexts, data.context_names, MADE_UP],
    ];
    for (const [side, vectors, names, hue] of sides) {
      vectors.forEach((vector, i) => {
        const colour = `rgb(${mixed(hue, colours.dark ? [255, 255, 255] : [0, 0, 0], colours.dark ? 0.25 : 0)})`;
        const trail = [];
        for (let moment = Math.max(0, Math.floor(at) - 25); moment <= at; moment++) trail.push(flat(data[side][moment][i]));
        trail.push(flat(vector));
        pen.strokeStyle = colour;
        pen.globalAlpha = 0.35;
        line(pen, trail);
        pen.globalAlpha = 1;
        const [x, y] = flat(vector);
        pen.beginPath();
        pen.arc(x, y, 5, 0, 7);
        pen.fillStyle = side === "words" ? colour : `rgb(${colours.ground})`;
        pen.strokeStyle = colour;
        pen.lineWidth = 2;
        pen.fill();
        pen.stroke();
        pen.lineWidth = 1;
        const inside = x < width - 60;
        const name = names[i].length > 14 ? `${names[i].slice(0, 13)}…` : names[i];
        write(pen, name, inside ? x + 8 : x - 8, y + (side === "words" ? -4 : 12), colour, 12, inside ? "left" : "right");
      });
    }
  }

  curve(at) {
    const [pen, width, height] = fresh(this.canvases.curve);
    const { data, colours } = this;
    const [left, top, right, bottom] = [44, 14, 8, 24];
    const high = data.bound + 0.08 * Math.abs(data.bound) + 1e-9;
    const low = Math.min(0, data.zero, Math.max(-2 * high, ...[Math.min(...data.scores)]));
    const end = Math.log(1 + data.updates[this.last]);
    const x = (updates) => left + ((width - left - right) * Math.log(1 + updates)) / end;
    const y = (score) => top + ((height - top - bottom) * (high - Math.max(score, low))) / (high - low);
    const level = (score, name, colour, dash, above) => {
      pen.strokeStyle = colour;
      pen.setLineDash(dash);
      line(pen, [[left, y(score)], [width - right, y(score)]]);
      pen.setLineDash([]);
      write(pen, name, left + 4, y(score) + (above ? -4 : 12), colour, 11, "left");
      write(pen, score.toFixed(3).replace("-", "−"), left - 4, y(score) + 4, colours.soft, 11, "right");
    };
    level(data.bound, "bound: all there is to know", colours.text, [], true);
    if (data.bound - data.rank > 0.02 * (high - low)) level(data.rank, "best of this dimension", colours.soft, [5, 4], false);
    level(0, "knows only the class ratio", colours.soft, [1, 3], false);
    const points = data.updates.map((updates, i) => [x(updates), y(data.scores[i])]);
    const whole = Math.floor(at);
    const rest = at - whole;
    const now = whole < this.last ? points[whole].map((p, i) => p + rest * (points[whole + 1][i] - p)) : points[whole];
    const hue = `rgb(${mixed(REAL, [255, 255, 255], colours.dark ? 0.3 : 0)})`;
    pen.strokeStyle = hue;
    pen.globalAlpha = 0.25;
    line(pen, points);
    pen.globalAlpha = 1;
    pen.lineWidth = 2.5;
    line(pen, [...points.slice(0, whole + 1), now]);
    pen.lineWidth = 1;
    pen.strokeStyle = colours.soft;
    line(pen, [[now[0], top], [now[0], height - bottom]]);
    pen.beginPath();
    pen.arc(...now, 4, 0, 7);
    pen.fillStyle = hue;
    pen.fill();
    for (let power = 1; power <= data.updates[this.last]; power *= 10) {
      write(pen, power.toLocaleString("en"), x(power), height - 8, colours.soft, 11, "center");
    }
  }
}

function build(tag, parent, properties) {
  const made = Object.assign(document.createElement(tag), properties);
  parent.appendChild(made);
  return made;
}

function fresh(canvas) {
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  return [pen, width, height];
}

function line(pen, points) {
  pen.beginPath();
  points.forEach(([x, y], i) => (i ? pen.lineTo(x, y) : pen.moveTo(x, y)));
  pen.stroke();
}

function write(pen, text, x, y, colour, size, align) {
  pen.fillStyle = colour;
  pen.font = `${size}px ${FONT}`;
  pen.textAlign = align;
  pen.fillText(text, x, y);
}

function product(one, other) {
  return one.reduce((sum, value, i) => sum + value * other[i], 0);
}

function flattened(vector, plane) {
  return [0, 1].map((axis) => vector.reduce((sum, value, i) => sum + value * plane[i][axis], 0));
}

function between(moments, at) {
  const whole = Math.floor(at);
  const rest = at - whole;
  if (rest === 0) return moments[whole];
  return moments[whole].map((vector, i) => vector.map((value, j) => value + rest * (moments[whole + 1][i][j] - value)));
}

function reachOf(data) {
  let reach = 1e-9;
  for (const side of [data.words, data.contexts]) {
    for (const moment of side) {
      for (const vector of moment) reach = Math.max(reach, ...flattened(vector, data.plane).map(Math.abs));
    }
  }
  return reach;
}

function strength(m) {
  return Math.min(Math.abs(m) / FULL, 1);
}

function shade(m, ground) {
  return `rgb(${mixed(ground, m > 0 ? REAL : MADE_UP, strength(m))})`;
}

function mixed(from, to, share) {
  return from.map((value, i) => Math.round(value + share * (to[i] - value)));
}

function coloursOf(element) {
  const style = getComputedStyle(element);
  const numbers = (text, fallback) => (text.match(/[\d.]+/g) || fallback).slice(0, 3).map(Number);
  const text = numbers(style.color, [22, 32, 43]);
  const dark = text[0] + text[1] + text[2] > 384;
  const ground = dark ? [16, 22, 29] : [255, 255, 255];
  return {
    dark,
    ground,
    text: `rgb(${text})`,
    soft: `rgb(${mixed(text, ground, 0.35)})`,
    faint: `rgb(${mixed(text, ground, 0.8)})`,
  };
}

const FONT = "'Source Sans', 'Source Sans 3', system-ui, sans-serif";
const STYLE = `
.jsmi-film { font-family: ${FONT}; color: var(--st-text-color, CanvasText); outline-offset: 4px; }
.jsmi-film .scene { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(235px, 100%), 1fr)); }
.jsmi-film figure { margin: 0; min-width: 0; }
.jsmi-film figcaption { font-size: 0.9rem; margin-bottom: 0.25rem; }
.jsmi-film canvas { width: 100%; height: 300px; display: block; }
.jsmi-film .bar { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center; margin-top: 0.5rem; }
.jsmi-film button, .jsmi-film select {
  font: inherit; color: inherit; background: var(--st-secondary-background-color, transparent);
  border: 1px solid currentColor; border-radius: 4px; padding: 0.25rem 0.75rem; min-height: 36px; cursor: pointer; }
.jsmi-film input { flex: 1 1 160px; accent-color: var(--st-primary-color, #0064a0); }
.jsmi-film .status { margin-top: 0.25rem; font-variant-numeric: tabular-nums; }
`;
