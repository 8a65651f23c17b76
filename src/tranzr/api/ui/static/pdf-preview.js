// Shows a PDF in a frame that has no origin: whatever its content does to what draws it, it reaches neither this page nor the login.
import { address, el } from './base.js';

/** For a file that makes the frame work for ever. */
const PATIENCE = 30_000;

const DECODERS = ['jbig2.wasm', 'openjpeg.wasm'];

const FAILURES = {
  locked: 'This PDF asks for a password of its own. Download it to open it.',
  broken: 'This PDF is damaged, or not one at all. Download it to have a look.',
  slow: 'This PDF takes too long to show. Download it to see it.',
  unable: 'This browser cannot show PDF files here. Download it to see it.',
};

/** Hands in what unpacks a kind of picture; nothing in its place when it cannot be had, or is none. */
async function handDecoder(target, name) {
  let code = null;
  try {
    if (DECODERS.includes(name)) {
      const response = await fetch(new URL(`./vendor/${name}`, import.meta.url));
      code = response.ok ? await response.arrayBuffer() : null;
    }
  } catch {
    // Without the network, the page is shown without that picture.
  }
  target.postMessage({ decoder: name, code }, '*');
}

/**
 * The element that shows a PDF.
 * @param {ArrayBuffer} bytes of the file; handed on, and empty afterwards
 * @param {string} name of the file
 * @returns {HTMLElement}
 */
export function pdfPreview(bytes, name) {
  const frame = el('iframe.share-pdf', { title: `Pages of ${name}`, referrerPolicy: 'no-referrer' });
  frame.setAttribute('sandbox', 'allow-scripts');
  const words = el('p.small.muted', { role: 'status' }, 'Opening …');
  const over = new AbortController();
  const patience = setTimeout(() => failed('slow'), PATIENCE);
  const end = text => {
    clearTimeout(patience);
    words.textContent = text;
  };
  const failed = reason => {
    over.abort();
    end(FAILURES[reason] || FAILURES.broken);
    frame.remove();
  };
  let handed = false;
  addEventListener('message', event => {
    // The frame is the only one to be heard, for as long as it is shown; a frame that has lost its sandbox is not it.
    if (event.source !== frame.contentWindow || event.origin !== 'null' || !event.data) {
      return;
    }
    if (event.data.kind === 'ready' && !handed) {
      handed = true;
      frame.contentWindow.postMessage({ bytes }, '*', [bytes]);
    } else if (event.data.kind === 'decoder') {
      handDecoder(event.source, event.data.name);
    } else if (event.data.kind === 'shown') {
      frame.style.height = `min(70vh, ${Math.max(100, Number(event.data.height) || 0)}px)`;
      end(Number(event.data.pages) === 1 ? '1 page' : `${Number(event.data.pages)} pages`);
    } else if (event.data.kind === 'failed') {
      failed(event.data.reason);
    }
  }, { signal: over.signal });
  frame.src = address('pdf-viewer');
  return el('div.stack.share-wide', {}, frame, words);
}
