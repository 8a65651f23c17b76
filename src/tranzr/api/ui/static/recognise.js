// Whether a file is one of an earlier visit that was not finished.

export const Found = Object.freeze({ SAME: 'same', CHANGED: 'changed', NONE: 'none' });

/**
 * @param {File} file @param {string} name @param {Parcel[]} parcels in which files are absent @param {Digests} digests
 * @returns {Promise<{found: string, parcel?: Parcel, earlier?: object}>} changed: a file of that name is expected, and this is another one
 */
export async function recognise(file, name, parcels, digests) {
  let other = { found: Found.NONE };
  for (const parcel of parcels) {
    for (const earlier of parcel.absent.filter(absent => named(absent.name, name))) {
      if (await isSame(file, parcel.about(earlier), digests)) {
        return { found: Found.SAME, parcel, earlier };
      }
      other = { found: Found.CHANGED, parcel, earlier };
    }
  }
  return other;
}

/** A file that is chosen alone has no folders in its name. */
function named(kept, given) {
  return kept === given || !given.includes('/') && kept.endsWith(`/${given}`);
}

async function isSame(file, kept, digests) {
  return file.size === kept.size && file.lastModified === kept.modified && (kept.parts === null || await digests.parts(file) === kept.parts);
}
