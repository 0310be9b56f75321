import { type MediaEngine, MediaError } from '@parley/media';

/** In place of an engine on a server that carries no media of browsers: every offer is refused, the rest is nothing. */
export class NoMediaEngine implements MediaEngine {
  publish(): Promise<never> {
    return Promise.reject(new MediaError('closed', 'this server carries no media'));
  }

  play(): Promise<never> {
    return Promise.reject(new MediaError('closed', 'this server carries no media'));
  }

  async closePublisher(): Promise<void> {}

  async closePlayer(): Promise<void> {}

  async closeMember(): Promise<void> {}

  async closeRoom(): Promise<void> {}

  async setForbidden(): Promise<void> {}

  async setBlocked(): Promise<void> {}

  async hearVoices(): Promise<void> {}

  sendVoice(): void {}

  async statistics(): ReturnType<MediaEngine['statistics']> {
    return { publishers: [], players: [] };
  }

  workers(): [] {
    return [];
  }

  on(): void {}

  async close(): Promise<void> {}
}
