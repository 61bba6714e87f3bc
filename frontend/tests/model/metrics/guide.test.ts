import { expect, it } from 'vitest';
import { Connection } from '../../../src/model/connection';
import { GuideStore } from '../../../src/model/metrics/guide';
import { FakeClient } from '../fake_client';

const GUIDE = { loss: { meaning: 'm', ideal: 'i', abnormal: 'a', tips: 't', absent: 'n' } };

it('asks once, however many need it', async () => {
  const client = new FakeClient();
  const guide = new GuideStore(client, new Connection(() => 0));
  void guide.need();
  void guide.need();
  await client.desk.guide.only.answer({ guide: GUIDE });
  expect(guide.explanations.value).toEqual(GUIDE);
  void guide.need();
  expect(client.desk.guide.asked).toHaveLength(0);
});

it('asks again after a failure', async () => {
  const client = new FakeClient();
  const connection = new Connection(() => 0);
  const guide = new GuideStore(client, connection);
  void guide.need();
  await client.desk.guide.only.refuse({ kind: 'unreachable', sentence: 'Nobody answers.' });
  expect(connection.trouble.value).not.toBeNull();
  void guide.need();
  await client.desk.guide.only.answer({ guide: GUIDE });
  expect(guide.explanations.value).toEqual(GUIDE);
});
