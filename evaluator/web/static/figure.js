// Draws a figure: values over training compute, the steps of a run or k. A forecast has its curve with bands, what was
// observed, the forecasts and the outcomes that are known; the models' page has the models alone; a comparison of two
// models at every k has their curves, and their difference with its bands.
"use strict";

(() => {
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const LEVELS = ["95", "80", "50"];
  const NEAR = 28;  // pixels from which the pointer snaps to a point
  const number = (value) => (value == null ? "–" : Number(value.toPrecision(3)).toString());
  const percent = (value) => (value == null ? "–" : `${(100 * value).toFixed(1)}%`);
  const points = (value) => (value == null ? "–" : `${value < 0 ? "−" : "+"}${Math.abs(100 * value).toFixed(1)} points`);
  const shown = (figure) => (figure.signed ? points : figure.rate ? percent : (value) => (value == null ? "–" : Number(value.toPrecision(4)).toString()));
  const flops = (value) => `${value.toExponential(1).replace(".0e", "e")} FLOPs`;
  const place = (figure) => (figure.unit ? flops : (value) => `${figure.along.toLowerCase()} ${Number(value.toPrecision(6)).toLocaleString("en")}`);

  // 1, 2, 5 a decade while they fit, powers of ten beyond that.
  function logSplits(low, high, width) {
    const splits = [];
    const first = Math.floor(Math.log10(low)), last = Math.ceil(Math.log10(high));
    const steps = last - first > (width < 500 ? 2 : 3) ? [1] : [1, 2, 5];
    const stride = Math.max(1, Math.ceil((last - first) / (width < 500 ? 5 : 8)));
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
    const exponent = Math.floor(Math.log10(value) + 1e-9);
    if (Math.abs(exponent) < 4) return number(value);
    const digits = [...String(Math.abs(exponent))].map((digit) => RAISED[digit]).join("");
    const mantissa = Number((value / 10 ** exponent).toPrecision(2));
    return `${mantissa === 1 ? "" : `${mantissa}×`}10${exponent < 0 ? "⁻" : ""}${digits}`;
  }

  // The library draws the bands and the median; points, forecast and outcome are drawn by `marks`.
  function columns(figure) {
    const line = figure.line, points = [...figure.observed.map((point) => point[0]), ...figure.forecasts.map((each) => each.x)];
    const xs = [...new Set([...points, ...(line ? line.x : []), ...figure.curves.flatMap((each) => each.x)])].sort((a, b) => a - b);
    const place = new Map(xs.map((x, index) => [x, index]));
    const spread = (values, over = line) => {
      const column = new Array(xs.length).fill(null);
      over.x.forEach((x, index) => { column[place.get(x)] = values[index]; });
      return column;
    };
    const data = [xs], series = [{}], bands = [];
    const plain = { spanGaps: true, points: { show: false } };
    figure.curves.forEach((each, index) => {
      data.push(spread(each.y, each));
      series.push({ ...plain, stroke: colour(index ? "line" : "mark"), width: 2, dash: index ? [] : [6, 4] });
    });
    if (!line && data.length === 1) return { data: [xs, xs.map(() => null)], series: [{}, {}], bands };
    if (!line) return { data, series, bands };
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

  // Everything that the pointer can snap to, with what is said of it.
  function targets(figure) {
    const text = shown(figure);
    const found = figure.observed.map(([x, y, name, low, high, address]) => ({
      x, y, name, address, value: low == null ? text(y) : `${text(y)} (95% interval ${text(low)} – ${text(high)})`,
    }));
    for (const each of figure.forecasts) {
      const [low, high] = each.intervals["80"], name = each.name === "forecast" ? "Forecast" : each.name;
      found.push({ x: each.x, y: each.point, name, value: `${text(each.point)} (80% interval ${text(low)} – ${text(high)})` });
      if (each.outcome != null) found.push({ x: each.x, y: each.outcome, name: "Observed", value: text(each.outcome) });
    }
    for (const each of figure.curves) each.x.forEach((x, index) => found.push({ x, y: each.y[index], name: each.name, value: text(each.y[index]) }));
    for (const each of figure.turns) found.push({ x: each.x, y: 0, name: "The order turns", value: `95% interval ${each.low.toLocaleString("en")} – ${each.high.toLocaleString("en")},` });
    return found;
  }

  function nearest(u, found) {
    const { left, top } = u.cursor;
    if (left == null || left < 0) return null;
    let best = null, distance = NEAR;
    for (const each of found) {
      const gap = Math.hypot(u.valToPos(each.x, "x") - left, u.valToPos(each.y, "y") - top);
      if (gap < distance) { best = each; distance = gap; }
    }
    return best;
  }

  // Beside the pointer: the model that is near, else what the curve says there.
  function tell(u, figure, found, tip) {
    const { left, top } = u.cursor, near = nearest(u, found), line = figure.line, text = shown(figure), where = place(figure);
    u.over.style.cursor = near?.address ? "pointer" : "";
    if (left == null || left < 0 || (!near && !line)) { tip.hidden = true; return; }
    let at = { left, top };
    if (near) {
      tip.replaceChildren(Object.assign(document.createElement("strong"), { textContent: near.name }), document.createElement("br"), `${near.value} at ${where(near.x)}`);
      at = { left: u.valToPos(near.x, "x"), top: u.valToPos(near.y, "y") };
    } else {
      const x = u.posToVal(left, "x");
      if (x < line.x[0] || x > line.x[line.x.length - 1]) { tip.hidden = true; return; }
      const gap = figure.log_along ? (each) => Math.abs(Math.log(each / x)) : (each) => Math.abs(each - x);
      const index = line.x.reduce((best, each, at) => (gap(each) < gap(line.x[best]) ? at : best), 0);
      const [low, high] = line.intervals["80"].map((side) => text(side[index]));
      tip.textContent = `${text(line.middle[index])} (80% ${figure.signed ? "band" : "interval"} ${low} – ${high}) at ${where(line.x[index])}`;
    }
    tip.hidden = false;
    tip.classList.toggle("snapped", near != null);
    const width = tip.offsetWidth, height = tip.offsetHeight;
    tip.style.left = `${Math.max(0, Math.min(at.left + 14, u.over.clientWidth - width))}px`;
    tip.style.top = `${at.top - height - 12 < 0 ? at.top + 14 : at.top - height - 12}px`;
  }

  function limits(figure) {
    const values = figure.observed.flatMap(([, y, , low, high]) => (low == null ? [y] : [y, low, high]));
    for (const each of figure.forecasts) values.push(each.point, ...(each.outcome == null ? [] : [each.outcome]));
    for (const each of figure.curves) values.push(...each.y);
    if (figure.signed) values.push(0, ...figure.line.middle, ...figure.line.intervals["80"].flat());
    // An interval from few models would fill the axis by itself, so it may run out of the picture.
    if (figure.log_value) {
      const above = values.filter((value) => value > 0);
      return [Math.min(...above) / 3, Math.max(...above) * 3];
    }
    for (const each of figure.forecasts) values.push(...each.intervals["80"]);
    if (figure.line && !figure.forecasts.length) values.push(...figure.line.middle);
    const low = Math.min(...values), high = Math.max(...values), room = (high - low) * 0.12 || Math.abs(high) * 0.1 || 0.1;
    return figure.rate && !figure.signed ? [Math.max(low - room, -0.02), Math.min(high + room, 1.02)] : [low - room, high + room];
  }

  function marks(u, figure) {
    const scale = devicePixelRatio, context = u.ctx;
    const x = (value) => u.valToPos(value, "x", true), y = (value) => u.valToPos(value, "y", true);
    context.save();
    context.beginPath();
    context.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height);
    context.clip();
    context.fillStyle = colour("ink");
    context.strokeStyle = colour("b50");
    context.lineWidth = 2 * scale;
    for (const [flops, value, , low, high] of figure.observed) {
      if (low == null) continue;
      context.beginPath();
      context.moveTo(x(flops), y(low));
      context.lineTo(x(flops), y(high));
      context.stroke();
    }
    for (const [flops, value] of figure.observed) {
      context.beginPath();
      context.arc(x(flops), y(value), 4 * scale, 0, 2 * Math.PI);
      context.fill();
    }
    context.setLineDash([]);
    if (figure.signed) {
      context.strokeStyle = colour("dim");
      context.lineWidth = scale;
      context.beginPath();
      context.moveTo(u.bbox.left, y(0));
      context.lineTo(u.bbox.left + u.bbox.width, y(0));
      context.stroke();
    }
    const diamond = (at, middle, size) => {
      context.beginPath();
      context.moveTo(at, middle - size); context.lineTo(at + size, middle);
      context.lineTo(at, middle + size); context.lineTo(at - size, middle);
      context.fill();
    };
    const stroke = (fromX, fromY, toX, toY) => {
      context.beginPath();
      context.moveTo(fromX, fromY);
      context.lineTo(toX, toY);
      context.stroke();
    };
    for (const each of figure.turns) {
      context.strokeStyle = context.fillStyle = colour("ink");
      context.lineWidth = 2 * scale;
      stroke(x(each.low), y(0), x(each.high), y(0));
      diamond(x(each.x), y(0), 5.5 * scale);
    }
    for (const each of figure.forecasts) {
      context.strokeStyle = colour("b80");
      context.lineWidth = 6 * scale;
      if (!figure.line) stroke(x(each.x), y(each.intervals["80"][0]), x(each.x), y(each.intervals["80"][1]));
      context.fillStyle = colour("line");
      diamond(x(each.x), y(each.point), 5.5 * scale);
    }
    for (const each of figure.forecasts) {
      if (each.outcome == null) continue;
      context.strokeStyle = colour("mark");
      context.lineWidth = 2.4 * scale;
      context.setLineDash([]);
      context.beginPath();
      context.arc(x(each.x), y(each.outcome), 8 * scale, 0, 2 * Math.PI);
      context.stroke();
    }
    context.restore();
  }

  function draw(element) {
    const figure = JSON.parse(element.dataset.figure);
    element.replaceChildren();
    const { data, series, bands } = columns(figure);
    const range = limits(figure), found = targets(figure);
    const xs = data[0], first = xs[0], last = xs[xs.length - 1], room = (last - first) * 0.04 || 1;
    const across = figure.log_along ? [first / (last / first < 4 ? 1.15 : 1.5), last * (last / first < 4 ? 1.15 : 1.5)] : [Math.max(first - room, first < room ? -room / 2 : 0), last + room];
    const tip = Object.assign(document.createElement("div"), { className: "tip", hidden: true });
    const axis = { stroke: colour("dim"), grid: { stroke: colour("grid"), width: 1 }, ticks: { stroke: colour("grid"), width: 1 }, font: "12px system-ui, sans-serif", labelFont: "13px system-ui, sans-serif" };
    const text = figure.signed ? (value) => `${value < 0 ? "−" : value > 0 ? "+" : ""}${Math.abs(Number((100 * value).toFixed(1)))}` : figure.rate ? (value) => `${Number((100 * value).toFixed(1))}%` : power;
    const chart = new uPlot({
      width: element.clientWidth, height: Math.round(Math.min(380, Math.max(260, element.clientWidth * 0.55))),
      series, bands,
      scales: {
        x: { time: false, distr: figure.log_along ? 3 : 1, range: () => across },
        y: { distr: figure.log_value ? 3 : 1, range: () => range },
      },
      axes: [
        { ...axis, label: figure.along,
          ...(figure.log_along ? { splits: (_, __, low, high) => logSplits(low, high, element.clientWidth), filter: (_, splits) => splits } : {}),
          values: (_, splits) => splits.map(figure.unit ? power : (value) => value.toLocaleString("en")) },
        { ...axis, label: figure.signed ? `${figure.quantity} (points)` : figure.quantity, size: 58,
          ...(figure.log_value ? { splits: (_, __, low, high) => logSplits(low, high), filter: (_, splits) => splits } : {}),
          values: (_, splits) => splits.map(text) },
      ],
      legend: { show: false },
      cursor: { drag: { x: false, y: false }, y: false, points: { show: false } },
      hooks: { draw: [(u) => marks(u, figure)], setCursor: [(u) => tell(u, figure, found, tip)] },
    }, data, element);
    chart.over.append(tip);
    chart.over.addEventListener("click", () => {
      const near = nearest(chart, found);
      if (near?.address) location.assign(near.address);
    });
  }

  function drawAll(root) {
    for (const element of root.querySelectorAll(".chart[data-figure]")) {
      if (element.firstChild) continue;
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
