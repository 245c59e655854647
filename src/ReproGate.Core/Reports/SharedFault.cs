namespace ReproGate.Reports;

/// <summary>When findings of several projects about a file they share are one fault, so that a build tells it once.</summary>
public static class SharedFault
{
    /// <summary>
    /// Equal for findings that say the same of the same place. What is said counts too: a source file that two projects compile shows
    /// a fault of each, with its own project to mend, at one line. A cause that lies outside all projects is one wherever it shows.
    /// </summary>
    public static string KeyOf(Finding finding) => finding.SharedCause.Length > 0
        ? $"{finding.Rule.Id}|{finding.Subject}|{finding.SharedCause}"
        : $"{finding.Rule.Id}|{finding.Location}|{finding.Subject}|{finding.What}";
}
