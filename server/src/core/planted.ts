import '../ports/inbox.ts'
