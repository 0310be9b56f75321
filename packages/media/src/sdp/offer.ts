import { type MediaDescription, parse, type SessionDescription } from 'sdp-transform';
import type { MediaKind } from '../media-engine.ts';
import { MediaError } from '../media-error.ts';
import { EXTENSION_URIS } from '../rtp/header-extensions.ts';

/** One media section of an offer that can be served. */
export type OfferedSection = {
  readonly kind: MediaKind;
  readonly mid: string;
  /** Of the one codec that is used: Opus or VP8. */
  readonly payloadType: number;
  /** The parameters of Opus, as offered. */
  readonly format: string | undefined;
  /** Ids of the extensions that are used, where the offer has them. */
  readonly audioLevelId: number | undefined;
  readonly absSendTimeId: number | undefined;
};

export type Offer = {
  /** The offer with nothing in it but what is served. */
  readonly sdp: SessionDescription;
  readonly sections: readonly OfferedSection[];
};

/** Whoever watches is fixed to a codec before it is known who sends, so that there is one for each kind. */
const CODECS: Readonly<Record<MediaKind, { readonly name: string; readonly rate: number }>> = {
  audio: { name: 'opus', rate: 48_000 },
  video: { name: 'vp8', rate: 90_000 },
};
/** A browser's offer has some 6 kB; this is room for any. */
const OFFER_MAX_CHARACTERS = 64 * 1024;
const PAYLOAD_TYPE_MAX = 127;
const DIRECTIONS = { publish: ['sendonly', 'sendrecv'], play: ['recvonly', 'sendrecv'] } as const;

/**
 * Reads the offer of one who publishes or plays and leaves in it what is served: one codec, its feedback, three
 * extensions, one SSRC. Candidates go too: the peer is found by its own checks.
 *
 * @throws MediaError `bad-offer` with a sentence that names what is wrong.
 */
export function readOffer(text: string, purpose: 'publish' | 'play'): Offer {
  if (text.length > OFFER_MAX_CHARACTERS) refuse(`the offer has more than ${OFFER_MAX_CHARACTERS} characters`);
  const sdp = parseSdp(text);
  const sections: OfferedSection[] = [];
  for (const media of sdp.media) {
    const section = readSection(media, purpose, sdp);
    if (sections.some(({ kind }) => kind === section.kind)) refuse(`the offer has two ${section.kind} sections`);
    if (sections.some(({ mid }) => mid === section.mid)) refuse(`the offer has mid ${section.mid} twice`);
    sections.push(section);
    filterSection(media, section);
  }
  if (sections.length === 0) refuse('the offer has no media section');
  return { sdp, sections };
}

function parseSdp(text: string): SessionDescription {
  let sdp: SessionDescription;
  try {
    sdp = parse(text);
  } catch (error) {
    throw new MediaError('bad-offer', 'the offer is no SDP', { cause: error });
  }
  if (!Array.isArray(sdp.media) || sdp.version !== 0) refuse('the offer is no SDP');
  return sdp;
}

function readSection(media: MediaDescription, purpose: 'publish' | 'play', sdp: SessionDescription): OfferedSection {
  const kind = media.type;
  if (kind !== 'audio' && kind !== 'video') refuse(`the offer has a section of kind ${kind}`);
  // sdp-transform gives numbers for what looks like one.
  const mid = media.mid === undefined ? '' : String(media.mid);
  if (!/^[\w+.-]{1,32}$/.test(mid)) refuse(`the ${kind} section has no proper mid`);
  const direction = media.direction ?? sdp.direction ?? 'sendrecv';
  if (!DIRECTIONS[purpose].some((name) => name === direction)) {
    refuse(`the ${kind} section is ${direction}, but ${DIRECTIONS[purpose][0]} is needed to ${purpose}`);
  }
  if ((media.iceUfrag ?? sdp.iceUfrag) === undefined || (media.icePwd ?? sdp.icePwd) === undefined) {
    refuse(`the ${kind} section has no ice-ufrag or ice-pwd`);
  }
  if ((media.fingerprint ?? sdp.fingerprint) === undefined) refuse(`the ${kind} section has no fingerprint`);
  const codec = CODECS[kind];
  const format = media.rtp?.find(({ codec: name, rate }) => name?.toLowerCase() === codec.name && rate === codec.rate);
  if (format === undefined) refuse(`the ${kind} section does not offer ${codec.name}`);
  const { payload } = format;
  if (!Number.isInteger(payload) || payload > PAYLOAD_TYPE_MAX) refuse(`the ${kind} section has a bad payload type`);
  return {
    kind,
    mid,
    payloadType: payload,
    format: media.fmtp?.find((entry) => entry.payload === payload)?.config,
    audioLevelId: extensionId(media, EXTENSION_URIS.audioLevel),
    absSendTimeId: extensionId(media, EXTENSION_URIS.absSendTime),
  };
}

/** Ids of 15 and more need the two-byte form, which is not offered back. */
function extensionId(media: MediaDescription, uri: string): number | undefined {
  const id = media.ext?.find((entry) => entry.uri === uri)?.value;
  return id !== undefined && id >= 1 && id <= 14 ? id : undefined;
}

const EXTENSIONS_KEPT = new Set<string>(Object.values(EXTENSION_URIS));

function filterSection(media: MediaDescription, { kind, payloadType }: OfferedSection): void {
  const [firstSsrc] = media.ssrcs ?? [];
  media.payloads = String(payloadType);
  media.rtp = media.rtp.filter(({ payload }) => payload === payloadType).slice(0, 1);
  media.fmtp = (media.fmtp ?? []).filter(({ payload }) => payload === payloadType);
  media.rtcpFb = (media.rtcpFb ?? []).filter(
    ({ payload, type }) => (Number(payload) === payloadType || payload === '*') && type !== 'transport-cc',
  );
  media.ext = (media.ext ?? []).filter(({ uri, value }) => EXTENSIONS_KEPT.has(uri) && value <= 14);
  if (kind === 'audio' && !media.rtcpFb.some(({ type }) => type === 'nack')) {
    // Browsers resend voice when they are asked to, although they do not offer it.
    media.rtcpFb.push({ payload: payloadType, type: 'nack' });
  }
  if (media.ssrcs !== undefined) media.ssrcs = media.ssrcs.filter(({ id }) => id === firstSsrc?.id);
  delete media.ssrcGroups;
  delete media.candidates;
  delete media.endOfCandidates;
  delete media.rids;
  delete media.simulcast;
  delete media.simulcast_03;
  delete media.rtcpFbTrrInt;
  delete media.invalid;
}

function refuse(message: string): never {
  throw new MediaError('bad-offer', message);
}
