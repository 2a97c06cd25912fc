-- The tables of the marketplace that the metrics refer to, as Prisma made them.
CREATE TABLE "User" (
    "id" TEXT PRIMARY KEY,
    "email" TEXT NOT NULL UNIQUE,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE "Agent" (
    "id" TEXT PRIMARY KEY,
    "name" TEXT NOT NULL,
    "creatorId" TEXT NOT NULL REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    -- Totals that the program has kept so far: totalExecutions, successfulExecutions, failedExecutions,
    -- averageExecutionTime, uniqueUsers.
    "stats" JSONB,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX "Agent_creatorId_idx" ON "Agent" ("creatorId");

CREATE TABLE "Transaction" (
    "id" TEXT PRIMARY KEY,
    "userId" TEXT NOT NULL REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    "agentId" TEXT NOT NULL REFERENCES "Agent" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    "status" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX "Transaction_userId_idx" ON "Transaction" ("userId");
CREATE INDEX "Transaction_agentId_idx" ON "Transaction" ("agentId");
