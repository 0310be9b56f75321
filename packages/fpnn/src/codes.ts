/**
 * The error codes of the FPNN layer. Codes 200001 and up belong to the application.
 *
 * A peer sends some of them in error answers; others (20002, 20003, 20015) arise on the waiting side only.
 */
export const FPNN_CODES = {
  ok: 0,
  protocolUnknown: 10001,
  protocolNotSupported: 10002,
  protocolInvalidPackage: 10003,
  protocolJsonConvert: 10004,
  protocolStringKey: 10005,
  protocolMapValue: 10006,
  protocolMethodType: 10007,
  protocolEncodingType: 10008,
  keyNotFound: 10009,
  typeConvert: 10010,
  fileSign: 10011,
  fileNotExist: 10012,
  unknown: 20001,
  connectionClosed: 20002,
  timeout: 20003,
  unknownMethod: 20004,
  encoding: 20005,
  decoding: 20006,
  sendError: 20007,
  receiveError: 20008,
  invalidPackage: 20009,
  httpError: 20010,
  workQueueFull: 20011,
  invalidConnection: 20012,
  forbidden: 20013,
  serverStopping: 20014,
  cancelled: 20015,
  zipCompress: 30001,
  zipDecompress: 30002,
} as const;

/** The name of a code in {@link FPNN_CODES}. */
export type FpnnCodeName = keyof typeof FPNN_CODES;

/** What each code of {@link FPNN_CODES} means, in one line. */
export const FPNN_CODE_MEANINGS: Readonly<Record<FpnnCodeName, string>> = {
  ok: 'No error.',
  protocolUnknown: 'Unspecified codec error.',
  protocolNotSupported: 'The protocol or encoding is not supported.',
  protocolInvalidPackage: 'The packet is malformed.',
  protocolJsonConvert: 'A conversion from or to JSON failed.',
  protocolStringKey: 'A top-level key is not a string.',
  protocolMapValue: 'The root of the payload is not a map.',
  protocolMethodType: 'The message type of the packet is wrong.',
  protocolEncodingType: 'The encoding of the packet is not supported.',
  keyNotFound: 'A required parameter is missing.',
  typeConvert: 'A required parameter has the wrong type.',
  fileSign: 'The signature of a file is wrong.',
  fileNotExist: 'A file does not exist.',
  unknown: 'The handler failed or gave no answer.',
  connectionClosed: 'The connection was closed before the answer came.',
  timeout: 'No answer came in time.',
  unknownMethod: 'The method does not exist.',
  encoding: 'The packet could not be encoded.',
  decoding: 'The packet could not be decoded.',
  sendError: 'Sending failed.',
  receiveError: 'Receiving failed.',
  invalidPackage: 'The packet is not valid here.',
  httpError: 'The HTTP request is not valid.',
  workQueueFull: 'The receiver has too much to do.',
  invalidConnection: 'There is no usable connection.',
  forbidden: 'The caller may not do this from this address or on this connection.',
  serverStopping: 'The server is stopping.',
  cancelled: 'The caller gave up waiting.',
  zipCompress: 'Compression failed.',
  zipDecompress: 'Decompression failed.',
};
