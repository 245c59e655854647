using ReproGate.Facts;

namespace ReproGate.Gates.Itself;

/// <summary>RGATE0001: a file of ReproGate's own cannot be read.</summary>
public static class ReproGateFileMalformed
{
    /// <summary>Tells a malformed <c>reprogate.lock.json</c>, a generated file, whose mend is to take a good version or generate it anew.</summary>
    /// <param name="file">What is wrong.</param>
    /// <param name="lockCommand">The command that writes the file where there is none.</param>
    public static Finding CheckLock(MalformedFile file, string lockCommand) => new(
        RuleCatalog.ReproGateFileMalformed,
        file.Location,
        $"{Path.GetFileName(file.Location.File)} is malformed: {file.Problem}.",
        "The hashes it locks cannot be compared, so bytes that differ would pass.",
        $"Restore the file from git, or delete it and write it anew, then look at the difference before you commit it: {lockCommand}")
    {
        Subject = Path.GetFileName(file.Location.File),
        // No command: the one that writes the file refuses a malformed one, and whether its hashes may be given up a person decides.
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

    /// <summary>Tells a malformed <c>reprogate.env.json</c>, which people write.</summary>
    /// <param name="file">What is wrong.</param>
    public static Finding CheckMatrix(MalformedFile file) => new(
        RuleCatalog.ReproGateFileMalformed,
        file.Location,
        $"{Path.GetFileName(file.Location.File)} is malformed: {file.Problem}.",
        "Which keys each environment needs is then unknown, so none is judged.",
        "Correct it here; a row is \"Orders:Url\": \"url\", and it never holds a value.")
    {
        Subject = Path.GetFileName(file.Location.File),
    };

    /// <summary>Tells a settings file that is broken, or that the matrix names and nobody has.</summary>
    /// <param name="fault">What is wrong.</param>
    public static Finding CheckSettings(Facts.Configuration.SettingsFault fault) => new(
        RuleCatalog.ReproGateFileMalformed,
        fault.Location,
        $"{Path.GetFileName(fault.Location.File)}: {fault.Problem}.",
        "What it gives is then unknown, and what loads it fails on it as well.",
        "Correct it here.")
    {
        Subject = $"{Path.GetFileName(fault.Location.File)} {fault.Problem}",
    };
}
