import { md5 } from '@noble/hashes/legacy.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { stringifyJson } from '@parley/fpnn';

export type FileDescription = {
  /** Name of the file, such as `photo.png`. */
  readonly name: string;
  /** The sender's own part: what receivers get as `attrs`. */
  readonly attrs: string;
};

/**
 * The attrs of a file on the wire: JSON with what the server checks and receivers read under `rtm`, and the sender's own
 * part under `custom`.
 *
 * ```
 * {"rtm":{"sign":md5(md5(file) + ":" + token),"ext":"png","filename":"photo.png"},"custom":"…"}
 * ```
 */
export function fileAttrs(file: Uint8Array, token: string, { name, attrs }: FileDescription): string {
  const sign = hexMd5(utf8ToBytes(`${hexMd5(file)}:${token}`));
  return stringifyJson({ rtm: { sign, ext: extensionOf(name), filename: name }, custom: attrs });
}

function hexMd5(bytes: Uint8Array): string {
  return bytesToHex(md5(bytes));
}

/** "" when there is none. */
function extensionOf(name: string): string {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(dot + 1) : '';
}
