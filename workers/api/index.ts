import { systemClock } from "../../shared/clock.ts";
import { createApp } from "./app.ts";

export default createApp(systemClock);
