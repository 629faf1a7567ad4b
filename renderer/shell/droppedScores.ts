/** Files about heads among what was dropped on the window. */
import type { ScoreFiles } from './scoreFiles.ts';
import { isScoreFile, isScoreFolder, scoreFiles } from './scoreFiles.ts';

/** Null where something else was dropped. Must be called while the event is handled: what it carries is gone afterwards. */
export function droppedScores({ items, files }: DataTransfer): Promise<ScoreFiles | null> {
  const entry = items[0]?.webkitGetAsEntry() ?? null;
  if (entry !== null && isDirectory(entry)) return ofDirectory(entry);
  const all = [...files];
  return all.length > 0 && all.every(({ name }) => isScoreFile(name)) ? scoreFiles(all, null) : Promise.resolve(null);
}

function isDirectory(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

async function ofDirectory(directory: FileSystemDirectoryEntry): Promise<ScoreFiles | null> {
  const entries = (await entriesOf(directory)).filter(isFile);
  if (!isScoreFolder(entries.map(({ name }) => name))) return null;
  const files = await Promise.all(
    entries.map((entry) => new Promise<File>((resolve, reject) => entry.file(resolve, reject))),
  );
  return scoreFiles(files, directory.name);
}

/** A browser gives them a hundred at a time. */
async function entriesOf(directory: FileSystemDirectoryEntry): Promise<readonly FileSystemEntry[]> {
  const reader = directory.createReader();
  const next = () => new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
  const all: FileSystemEntry[] = [];
  for (let some = await next(); some.length > 0; some = await next()) all.push(...some);
  return all;
}
