import { RtmError } from '@parley/contract/sdk';
import type { DeviceKind } from '../member.ts';
import { RTC_SDK_CODES } from '../rtc-codes.ts';

export type LocalDeviceOptions = {
  readonly kind: DeviceKind;
  /** What to ask the browser for, beside which device. */
  readonly constraints: MediaTrackConstraints;
  /** The track that is to be sent from now on; null for none. */
  readonly onTrack: (track: MediaStreamTrack | null) => Promise<void>;
  /** The device was closed from outside: it was unplugged, or the browser took it away. */
  readonly onLost: () => void;
};

/** The microphone or the camera of this client. Changes are carried out one after the other. */
export class LocalDevice {
  readonly kind: DeviceKind;
  readonly #options: LocalDeviceOptions;
  #deviceId: string | undefined;
  #track: MediaStreamTrack | null = null;
  #isOpen = false;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: LocalDeviceOptions) {
    this.kind = options.kind;
    this.#options = options;
  }

  /** What is sent; null while the device was never open, or is a closed camera. */
  get track(): MediaStreamTrack | null {
    return this.#track;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** The chosen device; undefined for the browser's choice. */
  get deviceId(): string | undefined {
    return this.#deviceId;
  }

  /** @throws RtmError 300003 when the device cannot be used. */
  setOpen(isOpen: boolean): Promise<void> {
    return this.#inTurn(async () => {
      if (isOpen && !this.#isLive()) await this.#take(this.#deviceId);
      this.#isOpen = isOpen;
      if (this.#track === null) return;
      this.#track.enabled = isOpen;
      // A closed camera gives its light back; a muted microphone is open again without a gap.
      if (!isOpen && this.kind === 'camera') await this.#release();
    });
  }

  /** Uses another device from now on. @throws RtmError 300003; then the one before stays. */
  choose(deviceId: string): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#isLive()) await this.#take(deviceId);
      this.#deviceId = deviceId;
    });
  }

  /** Gives the device back to the browser. */
  stop(): void {
    this.#isOpen = false;
    this.#track?.stop();
    this.#track = null;
  }

  #isLive(): boolean {
    return this.#track?.readyState === 'live';
  }

  async #take(deviceId: string | undefined): Promise<void> {
    const track = await this.#request(deviceId);
    track.enabled = this.#isOpen;
    const previous = this.#track;
    this.#track = track;
    track.addEventListener('ended', () => {
      if (this.#track !== track) return;
      this.#isOpen = false;
      this.#options.onLost();
    });
    await this.#options.onTrack(track);
    previous?.stop();
  }

  async #release(): Promise<void> {
    const track = this.#track;
    this.#track = null;
    await this.#options.onTrack(null);
    track?.stop();
  }

  async #request(deviceId: string | undefined): Promise<MediaStreamTrack> {
    const { kind, constraints } = this.#options;
    const wanted = deviceId === undefined ? constraints : { ...constraints, deviceId: { exact: deviceId } };
    try {
      const devices = requireMediaDevices();
      const stream = await devices.getUserMedia(kind === 'camera' ? { video: wanted } : { audio: wanted });
      return stream.getTracks()[0]!;
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new RtmError(RTC_SDK_CODES.deviceRefused, `the ${kind} cannot be used: ${reason}`, cause);
    }
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(run);
    this.#queue = done.catch(() => undefined); // Whoever asked is told.
    return done;
  }
}

/** @throws Error on a page that is neither https nor on this machine, where browsers give no devices. */
export function requireMediaDevices(): MediaDevices {
  const devices = globalThis.navigator?.mediaDevices as MediaDevices | undefined;
  if (devices === undefined) throw new Error('the page must come over https, or from this machine');
  return devices;
}
