/** What a download asks for. */
export type FileLink = { name: string; isThumbnail: boolean };

const FILE_PATH = /^\/files\/([A-Za-z0-9_-]{32})(?:\.[A-Za-z0-9]{1,10})?$/;
const THUMBNAIL_PATH = /^\/thumbnails\/([A-Za-z0-9_-]{32})\.jpg$/;
const EXT = /^[A-Za-z0-9]{1,10}$/;

/** The addresses of files: `<base>/files/<name>.<ext>` and `<base>/thumbnails/<name>.jpg`. */
export class FileLinks {
  readonly #base: string;

  /** @param base - An http or https address under which the world reaches the download server. */
  constructor(base: string) {
    this.#base = base.replace(/\/+$/, '');
  }

  /** @param ext - For programs that tell types by it; left out when it is not plain. */
  file(name: string, ext: string | undefined): string {
    const ending = ext !== undefined && EXT.test(ext) ? `.${ext.toLowerCase()}` : '';
    return `${this.#base}/files/${name}${ending}`;
  }

  thumbnail(name: string): string {
    return `${this.#base}/thumbnails/${name}.jpg`;
  }
}

/** Reads the path of a request; undefined for any other path. The ending says nothing. */
export function parseFileLink(path: string): FileLink | undefined {
  const file = FILE_PATH.exec(path);
  if (file !== null) return { name: file[1]!, isThumbnail: false };
  const thumbnail = THUMBNAIL_PATH.exec(path);
  return thumbnail === null ? undefined : { name: thumbnail[1]!, isThumbnail: true };
}
