// Runs in a frame that has no origin, no network and no storage: draws the PDF that the page around it hands in. Nothing that the file holds is run, followed or filled in.
import { byId, el } from './base.js';
import { AnnotationMode, getDocument, PDFWorker } from './vendor/pdf.js';

const MAX_PAGES = 50;
/** Of one canvas: 4 bytes each. */
const MAX_PIXELS = 6_000_000;
/** Of one picture in the file, when unpacked. */
const MAX_IMAGE_PIXELS = 50_000_000;
const MAX_SHARPNESS = 2;
/** Of the text of one page, for screen readers. */
const MAX_TEXT = 20_000;
/** A page of other proportions is cut short, so that none is a line. */
const MAX_RATIO = 20;

/** The browser, not the file, is why there is nothing to see. */
class Unable extends Error {}

const place = byId('main');
let begun = false;

/** The page around this one comes from where this one comes from, which the policy sees to; it has an origin, this one has none. */
function tell(message) {
  parent.postMessage(message, location.origin);
}

/**
 * Parses and unpacks beside the page, so that a file made to take for ever stops nothing. What has no origin may start workers from blobs alone, and in Chromium only those that
 * are no modules; such a one loses what it is told before it has its code, so its first word is waited for.
 */
function worker() {
  const code = new URL('./vendor/pdf.worker.js', import.meta.url).href;
  const source = new Blob([`import(${JSON.stringify(code)}).catch(() => postMessage('unable'));`], { type: 'text/javascript' });
  const port = new Worker(URL.createObjectURL(source));
  return new Promise((resolve, reject) => {
    port.addEventListener('error', reject, { once: true });
    port.addEventListener('message', ({ data }) => data === 'unable' ? reject(new Error(data)) : resolve(PDFWorker.create({ port })), { once: true });
  });
}

/** Gives the worker what unpacks pictures of scanners, when one is met. It comes by the page around this one, since this one has no network. */
class Decoders {
  fetch({ filename }) {
    return new Promise((resolve, reject) => {
      addEventListener('message', function answered({ source, data }) {
        if (source === parent && data?.decoder === filename) {
          removeEventListener('message', answered);
          data.code instanceof ArrayBuffer ? resolve(new Uint8Array(data.code)) : reject(new Error(filename));
        }
      });
      tell({ kind: 'decoder', name: filename });
    });
  }
}

async function opened(bytes) {
  return getDocument({
    data: new Uint8Array(bytes),
    worker: await worker().catch(() => { throw new Unable(); }),
    isEvalSupported: false,
    enableXfa: false,
    WasmFactory: Decoders,
    useWorkerFetch: false,
    maxImageSize: MAX_IMAGE_PIXELS,
    canvasMaxAreaInBytes: MAX_PIXELS * 4,
    verbosity: 0,
  }).promise;
}

/** @returns {number} height by width */
function proportion(page) {
  const { width, height } = page.getViewport({ scale: 1 });
  return Math.min(MAX_RATIO, Math.max(1 / MAX_RATIO, height / width || 1));
}

/** The place of a page, as large as the page will be, so that nothing jumps when it is drawn. */
function frameOf(number, count, ratio) {
  const canvas = el('canvas', { aria: { hidden: 'true' } });
  const text = el('p.visually-hidden');
  const figure = el('figure.page', { aria: { label: `Page ${number} of ${count}` } }, canvas, text);
  figure.style.aspectRatio = `1 / ${ratio}`;
  return { number, figure, canvas, text, near: false, drawn: false };
}

/** Draws one page after the other, those near to what is seen, and lets go of those that are far: memory is bounded by what is seen. */
class Drawer {
  constructor(file, frames) {
    this.file = file;
    this.frames = frames;
    this.busy = false;
    this.watch = new IntersectionObserver(entries => this.moved(entries), { root: place, rootMargin: '100% 0px' });
    frames.forEach(frame => this.watch.observe(frame.figure));
  }

  moved(entries) {
    for (const entry of entries) {
      const frame = this.frames.find(one => one.figure === entry.target);
      frame.near = entry.isIntersecting;
      if (!frame.near && frame.drawn) {
        frame.canvas.width = 0;
        frame.canvas.height = 0;
        frame.drawn = false;
      }
    }
    this.run();
  }

  async run() {
    if (this.busy) {
      return;
    }
    this.busy = true;
    for (let next = this.next(); next; next = this.next()) {
      next.drawn = true;
      try {
        await this.draw(next);
      } catch {
        next.text.textContent = 'This page cannot be shown.';
        next.text.className = 'small muted';
      }
    }
    this.busy = false;
  }

  next() {
    return this.frames.find(frame => frame.near && !frame.drawn);
  }

  async draw(frame) {
    const page = await this.file.getPage(frame.number);
    frame.figure.style.aspectRatio = `1 / ${proportion(page)}`;
    const { width, height } = page.getViewport({ scale: 1 });
    const wanted = frame.figure.clientWidth * Math.min(devicePixelRatio, MAX_SHARPNESS) / width;
    const viewport = page.getViewport({ scale: Math.min(wanted, Math.sqrt(MAX_PIXELS / (width * height))) });
    frame.canvas.width = Math.max(1, Math.floor(viewport.width));
    frame.canvas.height = Math.max(1, Math.floor(viewport.height));
    await page.render({ canvas: frame.canvas, viewport, annotationMode: AnnotationMode.DISABLE }).promise;
    if (frame.text.textContent === '') {
      frame.text.textContent = await textOf(page) || 'A page without text.';
    }
    page.cleanup();
  }
}

async function textOf(page) {
  const content = await page.getTextContent();
  let text = '';
  for (const item of content.items) {
    if (text.length >= MAX_TEXT) {
      break;
    }
    text += item.str + (item.hasEOL ? '\n' : '');
  }
  return text.slice(0, MAX_TEXT).trim();
}

async function show(bytes) {
  try {
    const file = await opened(bytes);
    const ratio = proportion(await file.getPage(1));
    const frames = Array.from({ length: Math.min(file.numPages, MAX_PAGES) }, (_, i) => frameOf(i + 1, file.numPages, ratio));
    place.replaceChildren(...frames.map(frame => frame.figure));
    if (file.numPages > MAX_PAGES) {
      place.append(el('p.small.muted', {}, `The first ${MAX_PAGES} of ${file.numPages} pages. Download it to see all.`));
    }
    new Drawer(file, frames);
    tell({ kind: 'shown', pages: file.numPages });
  } catch (error) {
    tell({ kind: 'failed', reason: error instanceof Unable ? 'unable' : error.name === 'PasswordException' ? 'locked' : 'broken' });
  }
}

function start() {
  if (parent === self) {
    byId('alone').hidden = false;
    return;
  }
  addEventListener('message', event => {
    if (event.source === parent && event.origin === location.origin && !begun && event.data?.bytes instanceof ArrayBuffer) {
      begun = true;
      show(event.data.bytes);
    }
  });
  tell({ kind: 'ready' });
}

start();
