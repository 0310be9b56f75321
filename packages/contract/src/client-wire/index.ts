export {
  decodeClientAnswer,
  decodeFileAnswer,
  decodePush,
  encodeClientParams,
  encodeFileParams,
} from './coding.ts';
