/** Whether a camera and a microphone are open. */
export type DeviceStates = { readonly camera: boolean; readonly microphone: boolean };

/** What browsers in a room tell each other: the `attrs` of a room message of type 32 with an empty body. */
export type RoomSignal =
  | ({ readonly kind: 'enter' | 'heartbeat' } & DeviceStates)
  | { readonly kind: 'leave' }
  | { readonly kind: 'camera' | 'microphone'; readonly isOpen: boolean };

const TYPES = {
  enter: 1,
  leave: 2,
  cameraClosed: 3,
  cameraOpened: 4,
  microphoneClosed: 5,
  microphoneOpened: 6,
} as const;

/** Longer texts are no signals. */
export const ROOM_SIGNAL_MAX_BYTES = 256;
/** Texts without it are no signals. */
export const ROOM_SIGNAL_MARK = 'rtc-';

/** The text of a signal. The official browser SDK writes the fields in this order, with a blank after each comma. */
export function formatRoomSignal(signal: RoomSignal): string {
  switch (signal.kind) {
    case 'enter':
      return `{"name":"rtc-signal", "type":${TYPES.enter}, ${formatDevices(signal)}}`;
    case 'heartbeat':
      return `{"name":"rtc-heartbeat", ${formatDevices(signal)}}`;
    case 'leave':
      return formatType(TYPES.leave);
    case 'camera':
      return formatType(signal.isOpen ? TYPES.cameraOpened : TYPES.cameraClosed);
    case 'microphone':
      return formatType(signal.isOpen ? TYPES.microphoneOpened : TYPES.microphoneClosed);
  }
}

/** Reads `attrs` whatever the order and the blanks; undefined for anything that is no signal. */
export function parseRoomSignal(attrs: string): RoomSignal | undefined {
  if (attrs.length > ROOM_SIGNAL_MAX_BYTES || !attrs.includes(ROOM_SIGNAL_MARK)) return undefined;
  const fields = parseObject(attrs);
  if (fields?.['name'] === 'rtc-heartbeat') return { kind: 'heartbeat', ...devicesOf(fields) };
  if (fields?.['name'] !== 'rtc-signal') return undefined;
  switch (fields['type']) {
    case TYPES.enter:
      return { kind: 'enter', ...devicesOf(fields) };
    case TYPES.leave:
      return { kind: 'leave' };
    case TYPES.cameraClosed:
    case TYPES.cameraOpened:
      return { kind: 'camera', isOpen: fields['type'] === TYPES.cameraOpened };
    case TYPES.microphoneClosed:
    case TYPES.microphoneOpened:
      return { kind: 'microphone', isOpen: fields['type'] === TYPES.microphoneOpened };
    default:
      return undefined;
  }
}

function formatType(type: number): string {
  return `{"name":"rtc-signal", "type":${type}}`;
}

function formatDevices({ camera, microphone }: DeviceStates): string {
  return `"cameraEnabled":${camera ? 1 : 0}, "microphoneEnabled":${microphone ? 1 : 0}`;
}

function devicesOf(fields: Readonly<Record<string, unknown>>): DeviceStates {
  return { camera: isOn(fields['cameraEnabled']), microphone: isOn(fields['microphoneEnabled']) };
}

function isOn(value: unknown): boolean {
  return value === 1 || value === true;
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined; // Free text that happens to hold the mark.
  }
}
