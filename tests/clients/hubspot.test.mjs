// HubSpot's own client for node (https://github.com/HubSpot/hubspot-api-nodejs) against the sandbox's portal at
// HUBSPOT_URL. The portal's limits are on: searches meet 429 and the client waits as it does for HubSpot.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from '@hubspot/api-client';

const { HUBSPOT_URL: url, HUBSPOT_TOKEN: accessToken } = process.env;
const { HUBSPOT_CLIENT_ID: clientId, HUBSPOT_CLIENT_SECRET: clientSecret, HUBSPOT_REFRESH_TOKEN: refreshToken } =
  process.env;
const UNKNOWN = '999999999';

const hubspot = new Client({ accessToken, basePath: url, numberOfApiCallRetries: 5 });
const { contacts, companies } = hubspot.crm;
const everybody = await contacts.getAll(100, undefined, ['email', 'jobtitle']);
const ids = everybody.map((row) => row.id);
const reached = everybody.filter((row) => row.properties.email);

const refused = (status, category) => (error) => error.code === status && error.body.category === category;

test('it lists every contact once, with its company', async () => {
  assert.ok(ids.length > 2_000);
  assert.equal(new Set(ids).size, ids.length);
  const page = (limit) => contacts.basicApi.getPage(limit, undefined, ['email'], ['email'], ['companies']);
  const { results, paging } = await page(50);
  assert.ok(results.some((row) => row.associations?.companies.results.length));
  assert.equal(paging.next.after, results.at(-1).id);
  await assert.rejects(page(100), refused(400, 'VALIDATION_ERROR'));  // 50 is the most with history
});

test('it reads one contact by id and by e-mail', async () => {
  const [{ id, properties: { email } }] = reached;
  assert.equal((await contacts.basicApi.getById(id, ['email'])).properties.email, email);
  const found = await contacts.basicApi.getById(email, ['email'], undefined, undefined, undefined, 'email');
  assert.equal(found.id, id);
  await assert.rejects(contacts.basicApi.getById(UNKNOWN), refused(404, 'OBJECT_NOT_FOUND'));
});

test('it pages through a search, and waits where HubSpot lets nobody ask that often', async () => {
  const found = new Set();
  const sorted = { sorts: ['hs_object_id'], properties: ['email'], limit: 200 };
  let after;
  do {
    const page = await contacts.searchApi.doSearch({ ...sorted, after });
    assert.equal(page.total, ids.length);
    page.results.forEach((row) => found.add(row.id));
    after = page.paging?.next?.after;
  } while (after);
  assert.equal(found.size, ids.length);
});

test('a search filters, and says what it cannot', async () => {
  const filters = [{ propertyName: 'email', operator: 'HAS_PROPERTY' }];
  const { total } = await contacts.searchApi.doSearch({ filterGroups: [{ filters }], limit: 1 });
  assert.equal(total, reached.length);
  const unknown = [{ propertyName: 'nope', operator: 'HAS_PROPERTY' }];
  await assert.rejects(contacts.searchApi.doSearch({ filterGroups: [{ filters: unknown }], limit: 1 }),
    refused(400, 'VALIDATION_ERROR'));
  await assert.rejects(contacts.searchApi.doSearch({ limit: 200, after: '10000' }), refused(400, 'VALIDATION_ERROR'));
});

test('it reads a batch by id and by e-mail, and hears which are unknown', async () => {
  const inputs = [...ids.slice(0, 99), UNKNOWN].map((id) => ({ id }));
  const byId = await contacts.batchApi.read({ inputs, properties: ['email'], propertiesWithHistory: [] });
  assert.deepEqual([byId.results.length, byId.numErrors, byId.errors[0].context.ids], [99, 1, [UNKNOWN]]);
  const named = [reached[0].properties.email, 'nobody@example.com'].map((id) => ({ id }));
  const byEmail = await contacts.batchApi.read(
    { inputs: named, idProperty: 'email', properties: ['email'], propertiesWithHistory: [] });
  assert.deepEqual([byEmail.results.map((row) => row.id), byEmail.numErrors], [[reached[0].id], 1]);
});

test('it updates a full batch, and hears which contact is gone', async () => {
  const inputs = [...ids.slice(0, 99), UNKNOWN].map((id) => ({ id, properties: { jobtitle: 'Reached by node' } }));
  const answer = await contacts.batchApi.update({ inputs });
  assert.deepEqual([answer.results.length, answer.numErrors, answer.errors[0].category], [99, 1, 'OBJECT_NOT_FOUND']);
  const kept = await contacts.basicApi.getById(ids[98], ['jobtitle'], ['jobtitle']);
  assert.equal(kept.propertiesWithHistory.jobtitle[0].sourceType, 'INTEGRATION');
});

test('one bad value refuses the batch, and a taken e-mail is a conflict', async () => {
  const [first, second] = reached;
  const update = (id, properties) => contacts.batchApi.update({ inputs: [{ id, properties }] });
  await assert.rejects(update(first.id, { email: 'x' }), refused(400, 'VALIDATION_ERROR'));
  await assert.rejects(update(first.id, { nope: 'x' }), refused(400, 'VALIDATION_ERROR'));
  await assert.rejects(update(first.id, { email: second.properties.email }),
    (error) => refused(409, 'CONFLICT')(error) && error.body.message.endsWith(`Existing ID: ${second.id}`));
  const twice = [first.id, first.id].map((id) => ({ id, properties: { jobtitle: 'Never' } }));
  await assert.rejects(contacts.batchApi.update({ inputs: twice }), refused(400, 'VALIDATION_ERROR'));
});

test('it updates one contact and one company', async () => {
  const { properties } = await contacts.basicApi.update(ids[100], { properties: { jobtitle: 'Reached by node' } });
  assert.equal(properties.jobtitle, 'Reached by node');
  const [company] = (await companies.basicApi.getPage(1, undefined, ['name'])).results;
  await companies.basicApi.update(company.id, { properties: { description: 'Reached by node' } });
  await assert.rejects(contacts.basicApi.update(UNKNOWN, { properties: {} }), refused(404, 'OBJECT_NOT_FOUND'));
});

test('it creates contacts and archives them', async () => {
  const person = (email) => ({ properties: { email, firstname: 'Reached by node' }, associations: [] });
  const one = await contacts.basicApi.create(person('eve@example.com'));
  await assert.rejects(contacts.basicApi.create(person('EVE@example.com')), refused(409, 'CONFLICT'));
  await assert.rejects(contacts.basicApi.create({ properties: {}, associations: [] }), refused(400, 'VALIDATION_ERROR'));
  const inputs = ['fay@example.com', 'gil@example.com'].map(person);
  const { results } = await contacts.batchApi.create({ inputs });
  assert.equal((await contacts.getAll(100)).length, ids.length + 3);
  await contacts.basicApi.archive(one.id);
  await contacts.batchApi.archive({ inputs: results.map(({ id }) => ({ id })) });
  await assert.rejects(contacts.basicApi.getById(one.id), refused(404, 'OBJECT_NOT_FOUND'));
  assert.equal((await contacts.getAll(100)).length, ids.length);
});

test('it reads properties, custom objects and companies of contacts', async () => {
  const { results } = await hubspot.crm.properties.coreApi.getAll('contacts');
  const title = await hubspot.crm.properties.coreApi.getByName('contacts', 'jobtitle');
  assert.ok(results.some((property) => property.name === title.name && property.label === title.label));
  await assert.rejects(hubspot.crm.properties.coreApi.getByName('contacts', 'nope'), refused(404, 'OBJECT_NOT_FOUND'));
  const schemas = await hubspot.crm.schemas.coreApi.getAll();
  assert.equal(schemas.results.length, 1);
  const links = hubspot.crm.associations.v4;
  const inputs = ids.slice(0, 50).map((id) => ({ id }));
  const [{ _from: contact, to }] = (await links.batchApi.getPage('contacts', 'companies', { inputs })).results;
  assert.deepEqual((await links.basicApi.getPage('contacts', contact.id, 'companies')).results, to);
});

test('it renews an access token, and a wrong one opens nothing', async () => {
  const renew = (token) => hubspot.oauth.tokensApi.create(
    'refresh_token', undefined, undefined, clientId, clientSecret, token);
  const granted = await renew(refreshToken);
  const renewed = new Client({ accessToken: granted.accessToken, basePath: url });
  assert.equal((await renewed.crm.contacts.basicApi.getPage(1)).results.length, 1);
  await assert.rejects(renew('wrong'), (error) => error.body.status === 'BAD_REFRESH_TOKEN');
  const stranger = new Client({ accessToken: 'wrong', basePath: url });
  await assert.rejects(stranger.crm.contacts.basicApi.getPage(1), refused(401, 'INVALID_AUTHENTICATION'));
});
