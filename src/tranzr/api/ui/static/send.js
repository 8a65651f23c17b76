import { frame, requireSession } from './base.js';

frame();
requireSession();
