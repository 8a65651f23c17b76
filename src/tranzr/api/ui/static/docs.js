// The description of the API, shown and tried out by Swagger UI.
import { ROOT, byId, call, frame, session } from './base.js';

const CHANGING = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** What a request that is tried out has to bring beside the cookie of the login. A token given by Authorize counts instead of it. */
async function withLogin(request) {
  const has = name => Object.keys(request.headers).some(key => key.toLowerCase() === name);
  if (CHANGING.has(request.method.toUpperCase()) && !has('authorization')) {
    const login = await session();
    if (login && login.csrf_token) {
      request.headers['X-CSRF-Token'] = login.csrf_token;
    }
  }
  return request;
}

/** What the page itself can do better than a form of Swagger UI: the cookie comes by logging in. */
function forThisPage(description) {
  const schemes = Object.fromEntries(Object.entries(description.components.securitySchemes).filter(([name]) => name !== 'cookie'));
  return {
    ...description,
    // Behind a proxy the paths begin elsewhere.
    servers: [{ url: ROOT.href.replace(/\/$/, '') }],
    components: { ...description.components, securitySchemes: schemes },
    security: description.security.filter(one => !('cookie' in one)),
  };
}

async function showLogin() {
  const login = await session().catch(() => null);
  byId('as').textContent = !login ? 'Log in, or give a token by “Authorize”, to try out what needs one.'
    : login.session_id ? `What you try out is done as ${login.name}.` : 'This server asks for no token: what you try out is done.';
}

function show(description) {
  globalThis.SwaggerUIBundle({
    spec: forThisPage(description),
    domNode: byId('swagger'),
    deepLinking: true,
    docExpansion: 'list',
    tryItOutEnabled: false,
    // Both would tell others of this server.
    validatorUrl: null,
    queryConfigEnabled: false,
    syntaxHighlight: { activated: false },
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    requestInterceptor: withLogin,
    onComplete: () => byId('swagger').removeAttribute('aria-busy'),
  });
}

async function begin() {
  try {
    const description = await call('openapi.json');
    show(description);
  } catch (problem) {
    byId('problem').textContent = problem.message;
    byId('problem').hidden = false;
  }
  showLogin();
}

frame();
begin();
