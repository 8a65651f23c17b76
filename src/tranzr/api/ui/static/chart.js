// What came in and went out in each minute of the last hour, drawn, and as a table for whoever does not see the drawing.
import { byId, el, speed } from './base.js';

const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 590;
const HEIGHT = 160;
const MINUTE = 60;

let shown = [];

function svg(name, attributes, ...children) {
  const made = document.createElementNS(SVG, name);
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
  made.append(...children);
  return made;
}

/** Bytes a second in each minute; the present one counts for as long as it has lasted. */
function rates(history) {
  return history.map((minute, i) => {
    const lasted = i < history.length - 1 ? MINUTE : Math.min(MINUTE, Math.max(5, (Date.now() - new Date(minute.at)) / 1000));
    return { at: new Date(minute.at), in: minute.bytes_in / lasted, out: minute.bytes_out / lasted };
  });
}

/** The next round number in binary units, at most twice as much. */
function ceiling(value) {
  const unit = 1024 ** Math.max(0, Math.floor(Math.log(Math.max(1, value)) / Math.log(1024)));
  for (const step of [1, 2, 4, 6, 8, 10, 20, 40, 60, 80, 100, 200, 400, 600, 800, 1024]) {
    if (value <= step * unit) {
      return step * unit;
    }
  }
  return value;
}

function line(points, key, top) {
  return points.map((point, i) => `${i === 0 ? 'M' : 'L'}${(i * WIDTH / (points.length - 1)).toFixed(1)} ${(HEIGHT - point[key] / top * HEIGHT).toFixed(1)}`).join('');
}

function drawing(points, top) {
  const area = `${line(points, 'in', top)}L${WIDTH} ${HEIGHT}L0 ${HEIGHT}Z`;
  const grid = [0.25, 0.5, 0.75].map(part => svg('path', { class: 'grid', d: `M0 ${HEIGHT * part}H${WIDTH}` }));
  return svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': summary(points) },
    ...grid, svg('path', { class: 'area', d: area }), svg('path', { class: 'in', d: line(points, 'in', top) }), svg('path', { class: 'out', d: line(points, 'out', top) }));
}

function peak(points, key) {
  return points.reduce((best, point) => point[key] > best[key] ? point : best);
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

function summary(points) {
  const words = (key, name) => {
    const best = peak(points, key);
    return best[key] === 0 ? `nothing ${name}` : `at most ${speed(best[key])} ${name}, at ${clock.format(best.at)}`;
  };
  return `Throughput of the last hour: ${words('in', 'in')}; ${words('out', 'out')}.`;
}

function legend(point, when) {
  byId('legend').replaceChildren(el('span.muted', {}, when), el('span.key.in', {}, `In ${speed(point.in)}`), el('span.key.out', {}, `Out ${speed(point.out)}`));
}

function table(points) {
  const rows = [...points].reverse().filter(point => point.in > 0 || point.out > 0)
    .map(point => el('tr', {}, el('th', { scope: 'row' }, clock.format(point.at)), el('td.number.nums', {}, speed(point.in)), el('td.number.nums', {}, speed(point.out))));
  return rows.length === 0 ? el('p.small.muted', {}, 'Nothing was sent or fetched.')
    : el('table', {}, el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'Minute'), el('th.number', { scope: 'col' }, 'In'), el('th.number', { scope: 'col' }, 'Out'))), el('tbody', {}, ...rows));
}

function latest() {
  legend(shown.at(-1), 'Now');
}

function pointed(event) {
  const box = event.currentTarget.getBoundingClientRect();
  const index = Math.round((event.clientX - box.left) / box.width * (shown.length - 1));
  const point = shown[Math.min(shown.length - 1, Math.max(0, index))];
  legend(point, clock.format(point.at));
}

function build(place) {
  place.replaceChildren(
    el('div.plot', { onpointermove: pointed, onpointerleave: latest }, el('span.top.small.muted.nums'), el('div.drawing')),
    el('div.row.spread.small.muted.axis', { ariaHidden: 'true' }, el('span', {}, '60 min ago'), el('span', {}, '30 min ago'), el('span', {}, 'now')),
    el('details.small', {}, el('summary', {}, 'As a table'), el('div.numbers')));
}

/** @param {{at: string, bytes_in: number, bytes_out: number}[]} history a minute each, oldest first */
export function showChart(history) {
  const place = byId('chart');
  if (history.length < 2) {
    return;
  }
  if (!place.firstChild) {
    build(place);
  }
  shown = rates(history);
  const top = ceiling(Math.max(1024, ...shown.map(point => Math.max(point.in, point.out))));
  place.querySelector('.top').textContent = speed(top);
  place.querySelector('.drawing').replaceChildren(drawing(shown, top));
  place.querySelector('.numbers').replaceChildren(table(shown));
  if (!place.matches(':hover')) {
    latest();
  }
}
