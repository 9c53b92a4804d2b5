// SPDX-License-Identifier: EUPL-1.2
// A real OpenID provider for the tests: node provider.mjs PORT. Who signs in with an e-mail address
// has that address. What a test posts to /control makes it lie, so that we can see lies refused.
import { createServer } from 'node:http';
import { SignJWT, UnsecuredJWT, decodeJwt, exportJWK, generateKeyPair } from 'jose';
import { Provider } from 'oidc-provider';

const port = Number(process.argv[2]);
const issuer = `http://localhost:${port}`;
const kid = 'the-key';
const own = await generateKeyPair('RS256', { extractable: true });
const other = await generateKeyPair('RS256');
const jwk = { ...(await exportJWK(own.privateKey)), kid, alg: 'RS256', use: 'sig' };

// claims, header: put over those of the token, which is then signed anew by `key`: own, other,
// none or secret. person: put over what is known of who signs in. userinfo: over that answer.
let lies = {};

const provider = new Provider(issuer, {
  acrValues: ['two-factors'],
  claims: { openid: ['sub', 'acr', 'amr'], email: ['email', 'email_verified'] },
  clients: [{
    client_id: 'timebank', client_secret: 'a secret: 100% & more', application_type: 'native',
    redirect_uris: ['http://localhost/sign-in/oidc/back', 'http://127.0.0.1/sign-in/oidc/back'],
  }],
  cookies: { keys: ['only for tests'] },
  features: { devInteractions: { enabled: true } },
  findAccount: (_ctx, id) => ({
    accountId: id,
    claims: () => ({ sub: id, email: id, email_verified: true, ...lies.person }),
  }),
  jwks: { keys: [jwk] },
  loadExistingGrant: async (ctx) => {
    const grant = new ctx.oidc.provider.Grant({
      accountId: ctx.oidc.session.accountId, clientId: ctx.oidc.client.clientId,
    });
    grant.addOIDCScope('openid email');
    await grant.save();
    return grant;
  },
  pkce: { required: () => true },
});

provider.on('server_error', (_ctx, error) => console.error(error));

async function signed(claims) {
  if (lies.key === 'none') return new UnsecuredJWT(claims).encode();
  const secret = new TextEncoder().encode('a secret: 100% & more');
  const key = { own: own.privateKey, other: other.privateKey, secret }[lies.key];
  const header = { alg: lies.key === 'secret' ? 'HS256' : 'RS256', kid };
  return new SignJWT(claims).setProtectedHeader(header).sign(key);
}

provider.use(async (ctx, next) => {
  await next();
  if (ctx.path === '/token' && ctx.body?.id_token && lies.key) {
    const claims = { ...decodeJwt(ctx.body.id_token), ...lies.claims };
    ctx.body.id_token = await signed(claims);
  }
  if (ctx.path === '/me' && lies.userinfo) Object.assign(ctx.body, lies.userinfo);
  if (ctx.path.startsWith('/.well-known') && lies.metadata) Object.assign(ctx.body, lies.metadata);
});

const answer = provider.callback();
createServer((request, response) => {
  if (request.url !== '/control') return answer(request, response);
  let text = '';
  request.on('data', (part) => { text += part; });
  request.on('end', () => { lies = JSON.parse(text); response.end(); });
}).listen(port, '127.0.0.1');
