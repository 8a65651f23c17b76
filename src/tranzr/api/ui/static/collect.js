// What a person gives to be sent: files of a picker, of a drop, of the clipboard. An item is {file, name, root, path}: root is the handle that can give the file
// again later, itself or by the path below it, where the browser has such handles; else null.

const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200b\u200e\u200f\u061c\u202a-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb]|[\u{e0000}-\u{e007f}]/gu;
const MOST_BYTES = 1024;
const MOST_SEGMENT = 255;

/**
 * A name that the server takes: what it refuses is replaced, and nothing leads out of its folder.
 * @param {string} name with slashes between its folders
 */
export function cleanName(name) {
  const segments = name.toWellFormed().split('/').map(cleanSegment).filter(segment => segment !== '');
  let clean = segments.join('/') || '_';
  while (bytesOf(clean) > MOST_BYTES && clean.includes('/')) {
    clean = clean.slice(clean.indexOf('/') + 1);
  }
  return clean;
}

function cleanSegment(segment) {
  const visible = segment.replace(INVISIBLE, '_').replaceAll('\\..', '_..').replace(/^\.\.\\/, '.._');
  if (visible === '' || visible === '.') {
    return '';
  }
  return visible.trim() === '' || visible === '..' ? '_' : shortened(visible);
}

/** Cut before its extension. */
function shortened(segment) {
  if (bytesOf(segment) <= MOST_SEGMENT) {
    return segment;
  }
  const dot = segment.lastIndexOf('.');
  const extension = dot > 0 && bytesOf(segment.slice(dot)) <= 32 ? segment.slice(dot) : '';
  const letters = Array.from(extension ? segment.slice(0, dot) : segment);
  let length = 0;
  const kept = letters.findIndex(letter => (length += bytesOf(letter)) > MOST_SEGMENT - bytesOf(extension));
  return letters.slice(0, kept < 0 ? letters.length : kept).join('') + extension;
}

function bytesOf(text) {
  return new TextEncoder().encode(text).length;
}

function item(file, name, root = null, path = []) {
  return { file, name: cleanName(name), root, path };
}

/** Of an input. @param {FileList} files */
export function fromInput(files) {
  return Array.from(files, file => item(file, file.webkitRelativePath || file.name));
}

/** Whether this browser can give files again later. */
export function keepsHandles() {
  return 'showOpenFilePicker' in window;
}

/** Files that the person picks, with their handles. @returns {Promise<object[]>} empty when nothing was picked */
export async function pickFiles() {
  return picked(async () => {
    const handles = await window.showOpenFilePicker({ multiple: true });
    return Promise.all(handles.map(async handle => item(await handle.getFile(), handle.name, handle)));
  });
}

/** A folder that the person picks, with all that is in it. */
export async function pickFolder() {
  return picked(async () => {
    const root = await window.showDirectoryPicker();
    const found = [];
    await walk(root, root, [], found);
    return found;
  });
}

async function picked(pick) {
  try {
    return await pick();
  } catch (error) {
    if (error.name === 'AbortError') {
      return [];
    }
    throw error;
  }
}

async function walk(root, directory, path, found) {
  for await (const [name, handle] of directory.entries()) {
    if (handle.kind === 'directory') {
      await walk(root, handle, [...path, name], found);
    } else {
      found.push(item(await handle.getFile(), [root.name, ...path, name].join('/'), root, [...path, name]));
    }
  }
}

/** The file of a handle and a path below it, as it is now. @returns {Promise<File>} */
export async function fileOf(root, path) {
  let handle = root;
  for (const [i, name] of path.entries()) {
    handle = i < path.length - 1 ? await handle.getDirectoryHandle(name) : await handle.getFileHandle(name);
  }
  return handle.getFile();
}

/** What was dropped: files and whole folders. What it holds is gone when the event is over, so all of it is asked for at once. @param {DataTransfer} data */
export async function fromDrop(data) {
  const asked = Array.from(data.items).filter(given => given.kind === 'file').map(given => ({
    handle: given.getAsFileSystemHandle ? given.getAsFileSystemHandle().catch(() => null) : null,
    entry: given.webkitGetAsEntry ? given.webkitGetAsEntry() : null,
    file: given.getAsFile(),
  }));
  const found = [];
  for (const given of asked) {
    const handle = await given.handle;
    if (handle && handle.kind === 'directory') {
      await walk(handle, handle, [], found);
    } else if (handle) {
      found.push(item(await handle.getFile(), handle.name, handle));
    } else if (given.entry && given.entry.isDirectory) {
      await walkEntry(given.entry, found);
    } else if (given.file) {
      found.push(item(given.file, given.file.name));
    }
  }
  return found;
}

async function walkEntry(entry, found) {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    found.push(item(file, entry.fullPath));
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) {
      return;
    }
    for (const child of some) {
      await walkEntry(child, found);
    }
  }
}

/** What was pasted: files and pictures, else text as a file. @param {DataTransfer} data @param {Date} now */
export function fromPaste(data, now) {
  const files = Array.from(data.files);
  if (files.length > 0) {
    return files.map(file => item(file, file.name === 'image.png' ? `Pasted ${stamp(now)}.png` : file.name || `Pasted ${stamp(now)}`));
  }
  const text = data.getData('text/plain');
  return text ? [item(new File([text], `Pasted ${stamp(now)}.txt`, { type: 'text/plain' }), `Pasted ${stamp(now)}.txt`)] : [];
}

function stamp(now) {
  const two = number => String(number).padStart(2, '0');
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())} ${two(now.getHours())}.${two(now.getMinutes())}.${two(now.getSeconds())}`;
}
