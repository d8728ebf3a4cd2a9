// jsforce (https://jsforce.github.io) against the sandbox's Salesforce org at SALESFORCE_URL.
// The org ends each session after a few calls, so whatever is asked here also lives through renewals.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import jsforce from 'jsforce';

const { SALESFORCE_URL: url, SALESFORCE_CLIENT_ID: clientId, SALESFORCE_CLIENT_SECRET: clientSecret } = process.env;
const { SALESFORCE_USERNAME: username, SALESFORCE_PASSWORD: password } = process.env;
const KEEP_OWNER = { headers: { 'Sforce-Auto-Assign': 'FALSE' } };
const UNKNOWN = '003SB0000099999AAA';
const TOO_LONG = 'x'.repeat(129);

async function signIn() {
  const oauth2 = new jsforce.OAuth2({ loginUrl: url, clientId, clientSecret });
  const refreshFn = (connection, done) =>
    oauth2.requestToken({ grant_type: 'client_credentials' }).then((granted) => done(null, granted.access_token), done);
  const connection = new jsforce.Connection({ instanceUrl: url, oauth2, refreshFn, version: '66.0' });
  await connection.authorize({ grant_type: 'client_credentials' });
  return connection;
}

async function everyRecord(connection, soql) {
  const query = connection.query(soql);
  const records = [];
  await new Promise((resolve, reject) =>
    query.on('record', (record) => records.push(record)).on('end', resolve).on('error', reject)
      .run({ autoFetch: true, maxFetch: 100_000 }));
  return records;
}

const refused = (code) => (error) => error.errorCode === code;
const salesforce = await signIn();
const contacts = salesforce.sobject('Contact');
const free = 'SELECT Id FROM Contact WHERE MobilePhone = null ORDER BY Id LIMIT 10';  // no rule of the org is on these
const ids = (await salesforce.query(free)).records.map((record) => record.Id);

test('it finds out where it is and who it is', async () => {
  const versions = await salesforce.request('/services/data');
  assert.equal(versions.at(-1).version, '68.0');
  const { user_id: user, organization_id: organization } = await salesforce.identity();
  assert.deepEqual([user, organization], [salesforce.userInfo.id, salesforce.userInfo.organizationId]);
  const { DailyApiRequests: daily } = await salesforce.limits();
  assert.equal(salesforce.limitInfo.apiUsage.limit, daily.Max);
});

test('it describes the org and an object', async () => {
  const { sobjects } = await salesforce.describeGlobal();
  assert.ok(['Account', 'Contact', 'Lead'].every((name) => sobjects.some((one) => one.name === name)));
  const { fields } = await contacts.describe();
  assert.equal(fields.find((field) => field.name === 'Title').length, 128);
  await assert.rejects(salesforce.sobject('Nope').describe(), refused('NOT_FOUND'));
});

test('it reads past 2,000 records page by page, each once', async () => {
  const total = await contacts.count();
  const records = await everyRecord(salesforce, 'SELECT Id, Account.Name FROM Contact');
  assert.ok(total > 2_000);
  assert.equal(records.length, total);
  assert.equal(new Set(records.map((record) => record.Id)).size, total);
  assert.ok(records.some((record) => record.Account?.Name));
});

test('its own conditions are understood', async () => {
  const found = await contacts.find({ Title: { $ne: null }, Email: { $like: '%.test' } }, 'Id, Title, Email, LastName')
    .sort('-LastName').limit(5).execute();
  assert.equal(found.length, 5);
  assert.ok(found.every((record) => record.Title && record.Email.toLowerCase().endsWith('.test')));
  const since = jsforce.SfDate.toDateTimeLiteral(new Date(0));
  assert.equal(await contacts.count({ LastModifiedDate: { $gte: since } }), await contacts.count());
});

test('it reads records by id', async () => {
  const one = await contacts.retrieve(ids[0].slice(0, 15));
  assert.equal(one.Id, ids[0]);
  const several = await contacts.retrieve([ids[1], UNKNOWN, ids[0]], { fields: ['Id', 'Title'] });
  assert.deepEqual(several.map((record) => record?.Id), [ids[1], undefined, ids[0]]);
  await assert.rejects(contacts.retrieve(UNKNOWN), refused('NOT_FOUND'));
});

test('it updates one record, and hears why another is refused', async () => {
  const answer = await contacts.update({ Id: ids[0], Title: 'Chief of jsforce' }, KEEP_OWNER);
  assert.deepEqual(answer, { id: ids[0], success: true, errors: [] });
  await assert.rejects(contacts.update({ Id: ids[0], Title: TOO_LONG }), refused('STRING_TOO_LONG'));
  assert.equal((await contacts.retrieve(ids[0])).Title, 'Chief of jsforce');
});

test('it updates several, each for itself or none', async () => {
  const records = [{ Id: ids[1], Department: 'jsforce' }, { Id: ids[2], Title: TOO_LONG }, { Id: UNKNOWN, Title: 'x' }];
  const each = await contacts.update(records, { allOrNone: false, ...KEEP_OWNER });
  assert.deepEqual(each.map((result) => result.success), [true, false, false]);
  assert.deepEqual(each.flatMap((result) => result.errors.map((error) => error.statusCode)),
    ['STRING_TOO_LONG', 'INVALID_CROSS_REFERENCE_KEY']);
  const none = await contacts.update([{ Id: ids[3], Department: 'jsforce' }, records[1]], { allOrNone: true });
  assert.equal(none[0].errors[0].statusCode, 'ALL_OR_NONE_OPERATION_ROLLED_BACK');
});

test('it cuts 450 updates into requests of 200, of which a rule of the org refuses a few', async () => {
  const { records } = await salesforce.query('SELECT Id FROM Contact ORDER BY Id DESC LIMIT 450');
  const changes = records.map(({ Id }) => ({ Id, Department: 'jsforce' }));
  const results = await contacts.update(changes, { allowRecursive: true, ...KEEP_OWNER });
  assert.equal(results.length, 450);
  const codes = results.flatMap((result) => result.errors.map((error) => error.statusCode));
  assert.deepEqual([...new Set(codes)], ['FIELD_CUSTOM_VALIDATION_EXCEPTION']);
  assert.ok(codes.length < 50);
});

test('it creates records and deletes them', async () => {
  const one = await contacts.create({ FirstName: 'Eve', LastName: 'Of jsforce' });
  const several = await contacts.create([{ LastName: 'Of jsforce' }, { FirstName: 'Nobody' }], { allOrNone: false });
  assert.deepEqual(several.map((result) => result.errors.map((error) => error.statusCode)),
    [[], ['REQUIRED_FIELD_MISSING']]);
  await assert.rejects(contacts.create({ FirstName: 'Nobody' }), refused('REQUIRED_FIELD_MISSING'));
  assert.equal(await contacts.count({ LastName: 'Of jsforce' }), 2);
  assert.ok((await contacts.destroy(one.id)).success);
  assert.deepEqual((await contacts.destroy([one.id, several[0].id])).map((result) => result.success), [false, true]);
  assert.equal(await contacts.count({ LastName: 'Of jsforce' }), 0);
});

test('it names what is wrong with a query', async () => {
  await assert.rejects(salesforce.query('SELEC Id FROM Contact'), refused('MALFORMED_QUERY'));
  await assert.rejects(salesforce.query('SELECT Nope FROM Contact'), refused('INVALID_FIELD'));
  await assert.rejects(salesforce.query('SELECT Id FROM Nope'), refused('INVALID_TYPE'));
  const closed = '/services/data/v66.0/query/01gNOPE-2000';
  await assert.rejects(salesforce.queryMore(closed), refused('INVALID_QUERY_LOCATOR'));
});

test('it reads the same records by Bulk API 2.0', async () => {
  const { bulk2 } = await signIn();  // jsforce takes the refusal of an ended session for rows, so this one is new
  const soql = 'SELECT Id, LastName, Title FROM Contact';
  const rows = await (await bulk2.query(soql, { pollInterval: 10 })).toArray();
  const records = await everyRecord(salesforce, soql);
  const told = ({ Id, LastName, Title }) => [Id, LastName, Title ?? ''].join('\t');
  assert.deepEqual(rows.map(told).sort(), records.map(told).sort());
  await assert.rejects(bulk2.query('SELECT Nope FROM Contact'), refused('INVALID_FIELD'));
});

test('it updates by Bulk API 2.0, and hears which rows are refused', async () => {
  const { bulk2 } = await signIn();
  const input = [{ Id: ids[4], Title: 'Bulk of jsforce' }, { Id: ids[5], Title: TOO_LONG }];
  const told = await bulk2.loadAndWaitForResults({ object: 'Contact', operation: 'update', input, pollInterval: 10 });
  assert.deepEqual(told.successfulResults.map((row) => [row.sf__Id, row.sf__Created]), [[ids[4], 'false']]);
  assert.deepEqual(told.failedResults.map((row) => row.sf__Id), [ids[5]]);
  assert.match(told.failedResults[0].sf__Error, /^STRING_TOO_LONG:.*:Title --$/);
  assert.deepEqual(told.unprocessedRecords, []);
});

test('it signs in with a password, where the API version still has that', async () => {
  const old = new jsforce.Connection({ loginUrl: url, version: '64.0' });
  const user = await old.login(username, password);
  assert.equal(user.organizationId, salesforce.userInfo.organizationId);
  assert.equal((await old.query('SELECT Id FROM Contact LIMIT 1')).records.length, 1);
  await assert.rejects(old.login(username, 'wrong'), /INVALID_LOGIN/);
  const current = new jsforce.Connection({ loginUrl: url, version: '66.0' });
  await assert.rejects(current.login(username, password), /INVALID_OPERATION/);
});

test('after it signed out, its session opens nothing', async () => {
  const leaving = await signIn();
  const { accessToken } = leaving;
  await leaving.logout();
  const late = new jsforce.Connection({ instanceUrl: url, accessToken, version: '66.0' });
  await assert.rejects(late.query('SELECT Id FROM Contact LIMIT 1'), refused('INVALID_SESSION_ID'));
});
