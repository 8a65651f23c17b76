// The stream of events, and what to do where there is none.
import { address } from './base.js';

const TYPES = ['file-upload-started', 'file-upload-progress', 'file-upload-completed', 'file-added', 'file-deleted', 'share-accessed', 'error', 'reset'];
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30000;
/** A stream that says nothing for so long, not even that there is nothing new, is held back by something on the way. In milliseconds. */
const SILENCE = 45000;

/**
 * Follows GET /events. A stream that is refused, or cut off by a proxy, is tried again after ever longer pauses, from the last event that was heard.
 * @param {(type: string, event: object) => void} onEvent
 * @param {(state: 'live'|'connecting'|'polling') => void} onState `polling` while there is no stream: what is shown has to be asked for
 */
export function follow(onEvent, onState) {
  let pause = FIRST_PAUSE;
  let last = '';
  let source = null;
  let silence = null;

  const open = () => {
    source = new EventSource(address('events') + (last ? `?last_event_id=${encodeURIComponent(last)}` : ''));
    source.onopen = () => {
      onState('live');
      listen();
    };
    source.onerror = lost;
    TYPES.forEach(type => source.addEventListener(type, message => received(type, message)));
  };

  // An error of the stream and an event of this name are both called so; only the event has data.
  const received = (type, message) => {
    if (typeof message.data !== 'string') {
      return;
    }
    pause = FIRST_PAUSE;
    last = message.lastEventId || last;
    listen();
    onEvent(type, JSON.parse(message.data));
  };

  const listen = () => {
    clearTimeout(silence);
    silence = setTimeout(probe, SILENCE);
  };

  // Heartbeats are comments, which a page does not hear: only a new stream tells whether the old one is alive.
  const probe = () => {
    source.close();
    open();
  };

  const lost = event => {
    if (typeof event.data === 'string') {
      return;
    }
    clearTimeout(silence);
    source.close();
    onState('polling');
    setTimeout(open, pause * (0.75 + Math.random() / 2));
    pause = Math.min(LONGEST_PAUSE, pause * 2);
  };

  open();
}
