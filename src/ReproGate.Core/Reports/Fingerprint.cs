using System.Security.Cryptography;
using System.Text;

namespace ReproGate.Reports;

/// <summary>
/// Recognises a finding again in a later run: made of the rule, the file relative to its root and the finding's subject,
/// and of nothing that changes when lines move or the repository lies elsewhere.
/// </summary>
public static class Fingerprint
{
    /// <summary>The key under which SARIF's partialFingerprints carries it; the number changes when the recipe does.</summary>
    public const string Name = "reproGate/v1";

    /// <summary>32 lower-case hexadecimal digits.</summary>
    public static string Of(Finding finding, ReportPaths paths)
    {
        (string uri, string baseId) = paths.Locate(finding.Location.File);
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{finding.Rule.Id}\n{baseId}\n{uri}\n{finding.Subject}"));
        return Convert.ToHexStringLower(hash.AsSpan(0, 16));
    }
}
