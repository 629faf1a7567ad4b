/** Ids of measures that were read from a file: they last as long as the window, so no view holds them. */

const PREFIX = 'imported-';

/** What stands in the place of a run's id; `count`: files that were read, with this one. */
export function importedId(count: number): string {
  return `${PREFIX}${count}`;
}

/** Of such a file, or of a measure in it. */
export function isImportedId(id: string | null): boolean {
  return id?.startsWith(PREFIX) ?? false;
}
