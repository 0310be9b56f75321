import { connectTcp, FpnnListener } from '@parley/fpnn/node';

const listener = new FpnnListener({
  host: '127.0.0.1',
  port: 0,
  onConnection: ({ peer }) => ({
    onQuest: async (quest) => {
      if (quest.method !== 'greet') return quest.fail(20004, 'Unknown method');
      // Either side may ask: here the server asks its client before it answers.
      const { text } = Object.fromEntries(await peer.quest('yourName', {}));
      quest.answer({ text: `Hello ${text}`, id: 9007199254740993n });
    },
  }),
});
const { host, port } = await listener.listen();

const client = await connectTcp({ host, port, onQuest: (quest) => quest.answer({ text: 'Ada' }) });
const answer = await client.quest('greet', {});
console.log(`${answer.get('text')} ${answer.get('id')}`); // Hello Ada 9007199254740993

client.close();
await listener.close();
