// Draws a forecast's figure: compute on a log axis on which the target is 1, what was observed, the fitted law
// with its bands, the forecast at the target, and the outcome once it is known.
"use strict";

(() => {
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const LEVELS = ["95", "80", "50"];
  const number = (value) => (value == null ? "–" : Number(value.toPrecision(3)).toString());

  // 1, 2, 5 a decade while they fit, powers of ten beyond that.
  function logSplits(low, high) {
    const splits = [];
    const first = Math.floor(Math.log10(low)), last = Math.ceil(Math.log10(high));
    const steps = last - first > 3 ? [1] : [1, 2, 5];
    const stride = Math.max(1, Math.ceil((last - first) / 8));
    for (let power = first; power <= last; power += stride) {
      for (const step of steps) {
        const value = step * 10 ** power;
        if (value >= low && value <= high) splits.push(value);
      }
    }
    return splits;
  }

  const RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹";
  function power(value) {
    const exponent = Math.round(Math.log10(value));
    if (Math.abs(exponent) < 4 || Math.abs(value / 10 ** exponent - 1) > 1e-6) return number(value);
    return `10${exponent < 0 ? "⁻" : ""}${[...String(Math.abs(exponent))].map((digit) => RAISED[digit]).join("")}`;
  }

  // The library draws the bands and the law; points, forecast and outcome are drawn by `marks`.
  function columns(figure) {
    const line = figure.line;
    const xs = [...new Set([...figure.observed.map((pair) => pair[0]), ...(line ? line.x : []), 1])].sort((a, b) => a - b);
    const place = new Map(xs.map((x, index) => [x, index]));
    const spread = (values) => {
      const column = new Array(xs.length).fill(null);
      line.x.forEach((x, index) => { column[place.get(x)] = values[index]; });
      return column;
    };
    const data = [xs], series = [{}], bands = [];
    if (!line) return { data: [xs, xs.map(() => null)], series: [{}, {}], bands };
    const plain = { spanGaps: true, points: { show: false } };
    for (const level of LEVELS) {
      for (const side of [1, 0]) {
        data.push(spread(line.intervals[level][side]));
        series.push({ ...plain, stroke: "transparent", width: 0 });
      }
      bands.push({ series: [series.length - 2, series.length - 1], fill: colour(`b${level}`) });
    }
    data.push(spread(line.middle));
    series.push({ ...plain, stroke: colour("line"), width: 1.8, dash: [6, 4] });
    return { data, series, bands };
  }

  // What the pointer is at: an observed model if one is near, else the law and its 80 % interval.
  function readout(u, figure, element) {
    const left = u.cursor.left;
    if (left == null || left < 0) { element.textContent = "\u00a0"; return; }
    const near = figure.observed.map((pair) => [Math.abs(u.valToPos(pair[0], "x") - left), pair]).sort((a, b) => a[0] - b[0])[0];
    const line = figure.line, x = u.posToVal(left, "x");
    if (near && near[0] < 8) {
      element.textContent = `Observed at ${number(near[1][0])} of the target's compute: ${number(near[1][1])}`;
    } else if (line) {
      const at = line.x.reduce((best, each, index) => (Math.abs(Math.log(each / x)) < Math.abs(Math.log(line.x[best] / x)) ? index : best), 0);
      const interval = (level) => line.intervals[level].map((side) => number(side[at])).join(" – ");
      element.textContent = `At ${number(line.x[at])}: law ${number(line.middle[at])}; 50 % ${interval("50")}; 80 % ${interval("80")}; 95 % ${interval("95")}`;
    } else {
      element.textContent = `At ${number(x)} of the target's compute`;
    }
  }

  function limits(figure) {
    const values = [...figure.observed.map((pair) => pair[1]), figure.forecast.point];
    if (figure.outcome != null) values.push(figure.outcome);
    // An interval from few models would fill the axis by itself, so it may run out of the picture.
    if (figure.log_value) {
      const above = values.filter((value) => value > 0);
      return [Math.min(...above) / 3, Math.max(...above) * 3];
    }
    values.push(...figure.forecast.intervals["80"]);
    const low = Math.min(...values), high = Math.max(...values), room = (high - low) * 0.12 || Math.abs(high) * 0.1 || 1;
    return [low - room, high + room];
  }

  function marks(u, figure) {
    const scale = devicePixelRatio, context = u.ctx;
    const x = u.valToPos(1, "x", true), y = (value) => u.valToPos(value, "y", true);
    context.save();
    context.beginPath();
    context.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height);
    context.clip();
    if (!figure.line) {
      for (const level of LEVELS) {
        const [low, high] = figure.forecast.intervals[level].map((value) => y(Math.max(value, figure.log_value ? 1e-300 : value)));
        context.fillStyle = colour(`b${level}`);
        context.fillRect(x - 7 * scale, high, 14 * scale, low - high);
      }
    }
    context.fillStyle = colour("ink");
    for (const [compute, value] of figure.observed) {
      context.beginPath();
      context.arc(u.valToPos(compute, "x", true), y(value), 4 * scale, 0, 2 * Math.PI);
      context.fill();
    }
    const middle = y(figure.forecast.point), size = 5.5 * scale;
    context.fillStyle = colour("line");
    context.beginPath();
    context.moveTo(x, middle - size); context.lineTo(x + size, middle);
    context.lineTo(x, middle + size); context.lineTo(x - size, middle);
    context.fill();
    if (figure.outcome != null) {
      context.strokeStyle = colour("mark");
      context.lineWidth = 2.4 * scale;
      context.setLineDash([]);
      context.beginPath();
      context.arc(x, y(figure.outcome), 8 * scale, 0, 2 * Math.PI);
      context.stroke();
    }
    context.restore();
  }

  function draw(element) {
    const figure = JSON.parse(element.dataset.figure);
    element.replaceChildren();
    const { data, series, bands } = columns(figure);
    const range = limits(figure);
    const xs = data[0];
    const shown = Object.assign(document.createElement("p"), { className: "readout", textContent: "\u00a0" });
    const axis = { stroke: colour("dim"), grid: { stroke: colour("grid"), width: 1 }, ticks: { stroke: colour("grid"), width: 1 }, font: "12px system-ui, sans-serif", labelFont: "13px system-ui, sans-serif" };
    new uPlot({
      width: element.clientWidth, height: Math.round(Math.min(380, Math.max(260, element.clientWidth * 0.55))),
      series, bands,
      scales: {
        x: { time: false, distr: 3, range: () => [xs[0] / 1.4, Math.max(xs[xs.length - 1], 1) * 1.6] },
        y: { distr: figure.log_value ? 3 : 1, range: () => range },
      },
      axes: [
        { ...axis, label: "Training compute (target = 1)", splits: (_, __, low, high) => logSplits(low, high), filter: (_, splits) => splits, values: (_, splits) => splits.map(power) },
        { ...axis, label: figure.quantity, size: 58,
          ...(figure.log_value ? { splits: (_, __, low, high) => logSplits(low, high), filter: (_, splits) => splits } : {}),
          values: (_, splits) => splits.map(power) },
      ],
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, y: false, points: { show: false } },
      hooks: { draw: [(u) => marks(u, figure)], setCursor: [(u) => readout(u, figure, shown)] },
    }, data, element);
    element.append(shown);
  }

  function drawAll(root) {
    for (const element of root.querySelectorAll(".chart[data-figure]")) {
      draw(element);
      let width = element.clientWidth;
      new ResizeObserver(() => {
        if (element.isConnected && element.clientWidth !== width) { width = element.clientWidth; draw(element); }
      }).observe(element);
    }
  }

  document.addEventListener("htmx:load", (event) => drawAll(event.detail.elt.parentElement ?? document));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    document.querySelectorAll(".chart[data-figure]").forEach(draw);
  });
})();
