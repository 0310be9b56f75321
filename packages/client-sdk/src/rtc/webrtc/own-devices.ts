import type { DeviceKind } from '../member.ts';
import { LocalDevice } from './local-device.ts';

export type OwnDevicesOptions = {
  readonly microphone: MediaTrackConstraints;
  readonly camera: MediaTrackConstraints;
  /** What is to be sent of a device has changed. */
  readonly onTrack: (device: DeviceKind, track: MediaStreamTrack | null) => Promise<void>;
  readonly onLost: (device: DeviceKind) => void;
};

/** The microphone and the camera of this client, and the stream that a page shows of them. */
export class OwnDevices {
  readonly microphone: LocalDevice;
  readonly camera: LocalDevice;
  /** Always the same; tracks come and go in it. */
  readonly stream: MediaStream = new MediaStream();
  readonly #onTrack: OwnDevicesOptions['onTrack'];

  constructor(options: OwnDevicesOptions) {
    this.#onTrack = options.onTrack;
    const device = (kind: DeviceKind) =>
      new LocalDevice({
        kind,
        constraints: options[kind],
        onTrack: (track) => this.#handleTrack(kind, track),
        onLost: () => options.onLost(kind),
      });
    this.microphone = device('microphone');
    this.camera = device('camera');
  }

  get tracks(): Record<DeviceKind, MediaStreamTrack | null> {
    return { microphone: this.microphone.track, camera: this.camera.track };
  }

  stop(): void {
    this.microphone.stop();
    this.camera.stop();
    replaceTracks(this.stream, []);
  }

  async #handleTrack(device: DeviceKind, track: MediaStreamTrack | null): Promise<void> {
    const { microphone, camera } = this.tracks;
    replaceTracks(
      this.stream,
      [microphone, camera].filter((each) => each !== null),
    );
    await this.#onTrack(device, track);
  }
}

/** Puts exactly these tracks into a stream; elements that show it go on with them. */
export function replaceTracks(stream: MediaStream, tracks: readonly MediaStreamTrack[]): void {
  for (const track of stream.getTracks()) if (!tracks.includes(track)) stream.removeTrack(track);
  for (const track of tracks) stream.addTrack(track);
}
