// While something is sent: the screen stays awake, and leaving the page asks first.

let lock = null;
let wanted = false;

/** @param {boolean} sending */
export function stayAwake(sending) {
  if (sending === wanted) {
    return;
  }
  wanted = sending;
  if (sending) {
    window.addEventListener('beforeunload', warn);
    document.addEventListener('visibilitychange', take);
    take();
  } else {
    window.removeEventListener('beforeunload', warn);
    document.removeEventListener('visibilitychange', take);
    lock?.release().catch(() => {});
    lock = null;
  }
}

function warn(event) {
  event.preventDefault();
}

/** A lock ends when the page is hidden; it is taken again when it is seen. */
async function take() {
  if (!navigator.wakeLock || document.visibilityState !== 'visible') {
    return;
  }
  try {
    const taken = await navigator.wakeLock.request('screen');
    if (wanted) {
      lock = taken;
    } else {
      taken.release();
    }
  } catch {
    // The battery is low, say: sending goes on all the same.
  }
}
