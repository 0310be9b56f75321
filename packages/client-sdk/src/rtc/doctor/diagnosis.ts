import type { RtmError } from '@parley/contract/sdk';

/** What is looked at, in this order. */
export const DIAGNOSIS_STEPS = ['signalling', 'offer', 'candidates', 'udp', 'relay', 'dtls', 'rtp'] as const;
export type DiagnosisStepName = (typeof DIAGNOSIS_STEPS)[number];

/** One step and what it found. */
export type DiagnosisStep = {
  readonly name: DiagnosisStepName;
  /** `skipped`: nothing to look at, or of no use after an earlier failure. */
  readonly result: 'passed' | 'failed' | 'skipped';
  /** What was seen, for people. */
  readonly detail: string;
};

/** What is wrong, if anything. */
export type Verdict =
  /** Media flows. */
  | 'ok'
  /** Media flows only through the TURN server: the network lets no UDP through to the server. */
  | 'relay-only'
  /** The client is not logged in, or cannot enter a room. */
  | 'no-session'
  /** The server runs without media. */
  | 'no-media'
  /** The web RTC endpoint cannot be reached. */
  | 'endpoint-unreachable'
  /** The endpoint refused the offer, or gave no answer. */
  | 'offer-refused'
  /** The answer names no address to send to. */
  | 'no-candidates'
  /** The address in answers does not lead to the server; that of the web RTC endpoint does. */
  | 'wrong-public-address'
  /** No UDP gets through to the server, and there is no TURN server to go through. */
  | 'udp-blocked-no-turn'
  /** No UDP gets through, and the TURN server gives no address: it cannot be reached or refuses the credentials. */
  | 'udp-blocked-turn-unreachable'
  /** No UDP gets through; the TURN server works, and does not reach the server. */
  | 'udp-blocked-relay-fails'
  /** Checks pass, and the encrypted connection does not come up. */
  | 'dtls-failed'
  /** The connection is up, and the server gets no packets. */
  | 'no-rtp';

export type Diagnosis = {
  readonly verdict: Verdict;
  /** The step that failed; undefined when media flows. */
  readonly failed: DiagnosisStepName | undefined;
  /** What is wrong and what to do, for people. */
  readonly advice: string;
  /** Settings of the server to change, as environment variables; empty when none helps. */
  readonly settings: readonly string[];
  readonly steps: readonly DiagnosisStep[];
};

/** What the tries have found, as far as they went. */
export type Findings = {
  /** Undefined: logged in, and in a room. */
  readonly sessionError?: RtmError | undefined;
  readonly hasMedia?: boolean;
  /** Undefined: an answer came. */
  readonly offerError?: { readonly error: RtmError; readonly isUnreachable: boolean } | undefined;
  /** Addresses in the answer, as `1.2.3.4:13700`. */
  readonly candidates?: readonly string[];
  /** How far the connection came with the addresses of the answer. */
  readonly direct?: ConnectionFinding;
  /** The same with the host of the web RTC endpoint instead of those addresses. Only when `direct` failed. */
  readonly viaEndpointHost?: ConnectionFinding & { readonly host: string };
  /** The same through the TURN server alone. */
  readonly relay?: ConnectionFinding & { readonly hasCandidate: boolean };
  /** What the server says of itself. */
  readonly server?: {
    readonly hasPublicAddress: boolean;
    readonly hasTurn: boolean;
    readonly udpPorts: readonly number[];
    readonly videoPackets: number;
  };
};

/** `ice`: checks were answered; `dtls`: the encrypted connection is up. */
export type ConnectionFinding = { readonly ice: boolean; readonly dtls: boolean };

/** Names the step that failed, and what to do about it. */
export function judge(findings: Findings): Diagnosis {
  const steps = stepsOf(findings);
  const verdict = verdictOf(findings);
  const failed = steps.find(({ name, result }) => result === 'failed' && !(verdict === 'relay-only' && name === 'udp'));
  return { verdict, failed: failed?.name, ...adviceFor(verdict, findings), steps };
}

function verdictOf(findings: Findings): Verdict {
  const { sessionError, hasMedia, offerError, candidates = [], direct, viaEndpointHost, relay, server } = findings;
  if (sessionError !== undefined) return 'no-session';
  if (hasMedia === false) return 'no-media';
  if (offerError !== undefined) return offerError.isUnreachable ? 'endpoint-unreachable' : 'offer-refused';
  if (candidates.length === 0) return 'no-candidates';
  const up = [direct, relay].find((each) => each?.ice);
  if (up !== undefined) {
    if (!up.dtls) return 'dtls-failed';
    if ((server?.videoPackets ?? 0) === 0) return 'no-rtp';
    return direct?.ice ? 'ok' : 'relay-only';
  }
  if (viaEndpointHost?.ice) return 'wrong-public-address';
  if (relay === undefined) return 'udp-blocked-no-turn';
  return relay.hasCandidate ? 'udp-blocked-relay-fails' : 'udp-blocked-turn-unreachable';
}

function stepsOf(findings: Findings): DiagnosisStep[] {
  const { sessionError, hasMedia = true, offerError, candidates, direct, viaEndpointHost, relay, server } = findings;
  const step = (name: DiagnosisStepName, passed: boolean | undefined, detail: string): DiagnosisStep => ({
    name,
    result: passed === undefined ? 'skipped' : passed ? 'passed' : 'failed',
    detail,
  });
  const isAnswered = sessionError === undefined && hasMedia ? offerError === undefined : undefined;
  const up = direct?.ice ? direct : relay?.ice ? relay : undefined;
  const addresses = candidates?.join(', ') || 'none';
  return [
    step('signalling', sessionError === undefined, sessionError?.message ?? 'logged in, and in a room'),
    step(
      'offer',
      hasMedia ? isAnswered : false,
      hasMedia ? (offerError?.error.message ?? 'answered') : 'the server carries no media',
    ),
    step('candidates', isAnswered ? (candidates?.length ?? 0) > 0 : undefined, `addresses in the answer: ${addresses}`),
    step('udp', direct?.ice, udpDetail(addresses, direct, viaEndpointHost)),
    step('relay', relay?.ice, relayDetail(findings)),
    step('dtls', up?.dtls, up === undefined ? 'nothing came through' : up.dtls ? 'encrypted' : 'no handshake'),
    step(
      'rtp',
      up?.dtls ? (server?.videoPackets ?? 0) > 0 : undefined,
      `packets that the server got: ${server?.videoPackets ?? 0}`,
    ),
  ];
}

function udpDetail(addresses: string, direct: ConnectionFinding | undefined, via: Findings['viaEndpointHost']): string {
  if (direct === undefined) return 'not tried';
  if (direct.ice) return `checks to ${addresses} were answered`;
  return `checks to ${addresses} were not answered${via?.ice ? `, those to ${via.host} were` : ''}`;
}

function relayDetail({ relay, server }: Findings): string {
  if (relay === undefined) return server?.hasTurn ? 'not needed' : 'no TURN server is configured';
  if (!relay.hasCandidate) return 'the TURN server gave no address';
  return relay.ice ? 'media goes through the TURN server' : 'nothing came back through the TURN server';
}

function adviceFor(verdict: Verdict, findings: Findings): Pick<Diagnosis, 'advice' | 'settings'> {
  const { offerError, candidates = [], viaEndpointHost, server } = findings;
  const ports = server?.udpPorts.join(', ') || 'of the media workers';
  switch (verdict) {
    case 'ok':
      return { advice: 'Media flows directly.', settings: [] };
    case 'relay-only':
      return {
        advice: `Media flows through the TURN server. To save the way, let UDP through to the ports ${ports}.`,
        settings: ['PARLEY_MEDIA_PORT_BASE'],
      };
    case 'no-session':
      return { advice: `The session is the trouble: ${findings.sessionError?.message}.`, settings: [] };
    case 'no-media':
      return { advice: 'The server runs without media workers.', settings: ['PARLEY_MEDIA_WORKERS'] };
    case 'endpoint-unreachable':
      return {
        advice:
          'The web RTC endpoint cannot be reached: its address must be one that browsers can reach, its certificate one ' +
          'that they trust, and its TCP port open.',
        settings: ['PARLEY_RTC_GATE_ENDPOINT', 'PARLEY_RTC_GATE_PORT'],
      };
    case 'offer-refused':
      return { advice: `The server refused the offer: ${offerError?.error.message}.`, settings: [] };
    case 'no-candidates':
      return {
        advice: 'The answer names no address: the server has none that browsers could reach.',
        settings: ['PARLEY_MEDIA_PUBLIC_ADDRESS'],
      };
    case 'wrong-public-address':
      return {
        advice:
          `Answers name ${candidates.join(', ')}, which does not lead to the server; ${viaEndpointHost?.host} does. ` +
          'Set the public address to that host.',
        settings: ['PARLEY_MEDIA_PUBLIC_ADDRESS'],
      };
    case 'udp-blocked-no-turn':
      return {
        advice:
          `No UDP gets through to ${candidates.join(', ')}. Open the UDP ports ${ports} of the server, ` +
          `${server?.hasPublicAddress ? 'check its public address' : 'set its public address if it is behind another one'}, ` +
          'and give clients in closed networks a TURN server.',
        settings: ['PARLEY_MEDIA_PORT_BASE', 'PARLEY_MEDIA_PUBLIC_ADDRESS', 'PARLEY_TURN_URLS', 'PARLEY_TURN_SECRET'],
      };
    case 'udp-blocked-turn-unreachable':
      return {
        advice:
          `No UDP gets through to ${candidates.join(', ')}, and the TURN server gave no address: it cannot be reached, or ` +
          'does not share the secret of this server.',
        settings: ['PARLEY_TURN_URLS', 'PARLEY_TURN_SECRET', 'PARLEY_MEDIA_PORT_BASE'],
      };
    case 'udp-blocked-relay-fails':
      return {
        advice: `The TURN server works, and gets nothing through to ${candidates.join(', ')}: it must reach the ports ${ports}.`,
        settings: ['PARLEY_MEDIA_PUBLIC_ADDRESS', 'PARLEY_MEDIA_PORT_BASE'],
      };
    case 'dtls-failed':
      return {
        advice: 'Checks pass and the encrypted connection does not come up: something on the way changes packets.',
        settings: [],
      };
    case 'no-rtp':
      return {
        advice: 'The connection is up, and the server gets no packets: something on the way drops them.',
        settings: [],
      };
  }
}
