import { type MediaDescription, parse, type SessionDescription, write } from 'sdp-transform';

export type AnswerOptions = {
  /** The address under which browsers reach this host, instead of its own; for hosts behind address translation. */
  readonly publicAddress: string | undefined;
  /** Offered when the host has found no address of its own. */
  readonly fallbackAddress: string;
  readonly port: number;
};

type Candidate = NonNullable<MediaDescription['candidates']>[number];

/** Of host candidates: type preference 126, one local preference, component 1 (RFC 8445 section 5.1.2.1). */
const HOST_PRIORITY = 126 * 2 ** 24 + 65_535 * 2 ** 8 + 255;

/**
 * Finishes the answer of the transport: the addresses that browsers can reach are in its first section.
 */
export function finishAnswer(answer: string, options: AnswerOptions): string {
  const sdp = parse(answer);
  const own = sdp.media.flatMap(({ candidates }) => candidates ?? []);
  const candidates = withPublicAddress(own, options);
  sdp.media.forEach((media, index) => {
    if (index === 0) {
      media.candidates = candidates;
      media.endOfCandidates = 'end-of-candidates';
    } else {
      delete media.candidates;
    }
    // Extended reports are not read.
    media.invalid = media.invalid?.filter(({ value }) => !value.startsWith('rtcp-xr')) ?? [];
  });
  return write(sdp satisfies SessionDescription);
}

function withPublicAddress(own: readonly Candidate[], options: AnswerOptions): Candidate[] {
  const { publicAddress, fallbackAddress, port } = options;
  const hosts = own.filter(({ type }) => type === 'host');
  const others = own.filter(({ type }) => type !== 'host');
  if (publicAddress === undefined)
    return hosts.length > 0 ? [...own] : [hostCandidate(fallbackAddress, port), ...others];
  return [hostCandidate(publicAddress, port), ...others];
}

function hostCandidate(ip: string, port: number): Candidate {
  return { foundation: '1', component: 1, transport: 'UDP', priority: HOST_PRIORITY, ip, port, type: 'host' };
}
