export {
  decodeClientAnswer,
  decodeFileAnswer,
  decodePush,
  decodeWebRtcAnswer,
  encodeClientParams,
  encodeFileParams,
  encodeWebRtcParams,
} from './coding.ts';
