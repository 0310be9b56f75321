import type {
  MediaEngine,
  MediaEngineEvents,
  MemberAddress,
  PlayRequest,
  PublishRequest,
  VoiceFrame,
} from '@parley/media';

type Answer = { readonly resolve: () => void; readonly reject: (error: Error) => void };

/** An engine that notes what it is told, answers when the test says so, and tells what the test wants. */
export class ScriptedEngine implements MediaEngine {
  /** What it was told, each as `method room member …`. */
  readonly told: string[] = [];
  /** Offers without an answer, the oldest first. Empty while `answersAtOnce`. */
  readonly waiting: Answer[] = [];
  answersAtOnce = true;
  readonly #handlers = new Map<string, ((...params: never[]) => void)[]>();
  #players = 0;

  async publish({ room, member }: PublishRequest): Promise<{ answer: string }> {
    this.told.push(`publish ${room} ${member}`);
    await this.#turn();
    return { answer: `answer to ${member}` };
  }

  async play({ room, member, viewer }: PlayRequest): Promise<{ answer: string; player: string }> {
    this.told.push(`play ${room} ${member} ${viewer ?? '?'}`);
    this.#players += 1;
    const player = `p${this.#players}`;
    await this.#turn();
    return { answer: `${member} plays`, player };
  }

  async closePublisher(address: MemberAddress): Promise<void> {
    this.#note('closePublisher', address);
  }

  async closePlayer(room: string, player: string): Promise<void> {
    this.told.push(`closePlayer ${room} ${player}`);
  }

  async closeMember(address: MemberAddress): Promise<void> {
    this.#note('closeMember', address);
  }

  async closeRoom(room: string): Promise<void> {
    this.told.push(`closeRoom ${room}`);
  }

  async setForbidden(address: MemberAddress, kind: string, isForbidden: boolean): Promise<void> {
    this.#note(`${isForbidden ? 'forbid' : 'allow'} ${kind}`, address);
  }

  async setBlocked({ viewer, ...address }: MemberAddress & { viewer: string }, kind: string, isBlocked: boolean) {
    this.#note(`${isBlocked ? 'block' : 'unblock'} ${kind} for ${viewer}`, address);
  }

  async hearVoices(room: string, isWanted: boolean): Promise<void> {
    this.told.push(`hearVoices ${room} ${isWanted}`);
  }

  sendVoice(address: MemberAddress, { data }: VoiceFrame): void {
    this.#note(`voice ${data.length}`, address);
  }

  async statistics(): ReturnType<MediaEngine['statistics']> {
    return { publishers: [], players: [] };
  }

  workers(): [] {
    return [];
  }

  on<Name extends keyof MediaEngineEvents>(name: Name, handler: MediaEngineEvents[Name]): void {
    this.#handlers.set(name, [...(this.#handlers.get(name) ?? []), handler]);
  }

  /** Tells what an engine tells. */
  emit<Name extends keyof MediaEngineEvents>(name: Name, ...params: Parameters<MediaEngineEvents[Name]>): void {
    for (const handler of this.#handlers.get(name) ?? []) handler(...(params as unknown as never[]));
  }

  /** What it was told since the last call. */
  take(): string[] {
    return this.told.splice(0);
  }

  async close(): Promise<void> {}

  #note(what: string, { room, member }: MemberAddress): void {
    this.told.push(`${what} ${room} ${member}`);
  }

  async #turn(): Promise<void> {
    if (this.answersAtOnce) return;
    await new Promise<void>((resolve, reject) => this.waiting.push({ resolve, reject }));
  }
}
