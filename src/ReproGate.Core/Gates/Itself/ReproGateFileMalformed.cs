using ReproGate.Facts;

namespace ReproGate.Gates.Itself;

/// <summary>RGATE0001: a file of ReproGate's own cannot be read.</summary>
public static class ReproGateFileMalformed
{
    /// <summary>Tells a malformed <c>reprogate.lock.json</c>, a generated file, whose mend is to take a good version or generate it anew.</summary>
    /// <param name="file">What is wrong.</param>
    /// <param name="lockCommand">The command that writes the file.</param>
    public static Finding CheckLock(MalformedFile file, string lockCommand) => new(
        RuleCatalog.ReproGateFileMalformed,
        file.Location,
        $"{Path.GetFileName(file.Location.File)} is malformed: {file.Problem}.",
        "The hashes it locks cannot be compared, so bytes that differ would pass.",
        $"Restore the file from git, or delete it and write it anew, then look at the difference before you commit it: {lockCommand}")
    {
        Subject = Path.GetFileName(file.Location.File),
        Command = lockCommand,
    };

    /// <summary>Tells a malformed <c>reprogate.allow.json</c>, which people write.</summary>
    /// <param name="file">What is wrong.</param>
    public static Finding CheckAllowList(MalformedFile file) => new(
        RuleCatalog.ReproGateFileMalformed,
        file.Location,
        $"{Path.GetFileName(file.Location.File)} is malformed: {file.Problem}.",
        "What it allows is then unknown, so nothing is allowed.",
        "Correct it here; an entry is { \"variable\": \"NAME\", \"reason\": \"why\" }, or \"path\" or \"program\" in place of \"variable\", or { \"package\": \"Id\", \"until\": \"2026-12-31\", \"reason\": \"why\" }.")
    {
        Subject = Path.GetFileName(file.Location.File),
    };

    /// <summary>Tells a malformed <c>reprogate.baseline.json</c>, which the tool writes and people edit.</summary>
    /// <param name="file">What is wrong.</param>
    public static Finding CheckBaseline(MalformedFile file) => new(
        RuleCatalog.ReproGateFileMalformed,
        file.Location,
        $"{Path.GetFileName(file.Location.File)} is malformed: {file.Problem}.",
        "What it accepts is then unknown, so nothing is accepted.",
        "Correct it here, or restore it from git; an entry has \"rule\", \"file\", \"subject\", \"fingerprint\", \"check\", \"owner\", \"reason\" and \"expires\" (YYYY-MM-DD).")
    {
        Subject = Path.GetFileName(file.Location.File),
    };
}
