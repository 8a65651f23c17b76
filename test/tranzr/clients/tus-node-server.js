// node tus-node-server.js FOLDER: the tus server of the protocol's authors with its store of plain files, on a free port at /tus; prints its address.
import { createServer } from 'node:http';
import { FileStore } from '@tus/file-store';
import { Server } from '@tus/server';

const tus = new Server({ path: '/tus', datastore: new FileStore({ directory: process.argv[2] }) });
const server = createServer((request, answer) => tus.handle(request, answer));
server.listen(0, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${server.address().port}/tus`));
