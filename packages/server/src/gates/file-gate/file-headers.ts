import type { ReadableFile } from '../../storage/file-register.ts';

/** What browsers may show; all else is only saved, whatever it claims to be. */
const SHOWN = /^(image|audio|video)\//;

/** The headers of every answer about a file that can be read. */
export function fileHeaders(file: ReadableFile, etag: string): [string, string][] {
  return [
    ['content-type', file.contentType],
    ['content-disposition', disposition(file)],
    ['accept-ranges', 'bytes'],
    ['etag', etag],
    // The content never changes. Not kept for longer, since the message may be recalled.
    ['cache-control', 'private, max-age=300'],
    ['x-content-type-options', 'nosniff'],
    ['content-security-policy', "default-src 'none'; sandbox"],
    ['cross-origin-resource-policy', 'cross-origin'],
    ['access-control-allow-origin', '*'],
    ['access-control-expose-headers', 'content-range, accept-ranges, etag, content-disposition'],
  ];
}

/** The name is the sender's, so it is told in the form that leaves nothing unescaped. */
function disposition({ contentType, filename }: ReadableFile): string {
  const kind = SHOWN.test(contentType) ? 'inline' : 'attachment';
  if (filename === null) return kind;
  const escaped = encodeURIComponent(filename).replace(/['()*]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  });
  return `${kind}; filename*=UTF-8''${escaped}`;
}
