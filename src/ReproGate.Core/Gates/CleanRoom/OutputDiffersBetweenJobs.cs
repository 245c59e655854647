using ReproGate.Facts.CleanRoom;

namespace ReproGate.Gates.CleanRoom;

/// <summary>
/// RGATE4201 over several jobs: two machines with the same image gave other bits. Between two images or platforms it is a note, for much of
/// what is built is rightly of one platform.
/// </summary>
public static class OutputDiffersBetweenJobs
{
    private const int MostNamed = 5;
    private const int ShownDigits = 12;

    /// <summary>Judges what differs between two jobs.</summary>
    /// <param name="difference">The difference.</param>
    public static Finding Check(JobDifference difference)
    {
        JobOutputs first = difference.First, second = difference.Second;
        string outputs = difference.Paths.Length == 1 ? "An output" : $"{difference.Paths.Length} outputs";
        string are = difference.Paths.Length == 1 ? "is" : "are";
        string named = string.Join(", ", difference.Paths.Take(MostNamed).Select(path => $"{path} ({Digits(first, path)} and {Digits(second, path)})")) + (difference.Paths.Length > MostNamed ? $" and {difference.Paths.Length - MostNamed} more" : "");
        if (difference.IsOfMachine)
        {
            string open = first.IsRebuilt || second.IsRebuilt ? "" : " Neither job built twice, so that it may differ by itself.";
            return new Finding(
                RuleCatalog.OutputDiffers,
                new SourceLocation(first.Entry),
                $"{outputs} of {first.Entry} {are} not the same on two machines with the same image for {Platform(first)}, {Machine(first)} and {Machine(second)}: {named}; cause: machine.{open}",
                "Something that a room does not vary, a processor's model or a kernel, got into these bytes, so that others do not get them from these sources.",
                "Look for what asks the machine while it writes them: compression, native code made for the processor at hand, a number of processors; the reports of both jobs name the outputs.")
            {
                Subject = $"{first.Entry} machine",
            };
        }

        string between = first.Platform == second.Platform ? $"two images for {Platform(first)}, {first.Image} and {second.Image}" : $"{Platform(first)} and {Platform(second)}";
        return new Finding(
            RuleCatalog.OutputDiffers,
            new SourceLocation(first.Entry),
            $"{outputs} of {first.Entry} {are} not the same for {between}: {named}.",
            "That is right for what belongs to a platform or an SDK, such as an application host; what should be the same everywhere should not be among them.",
            "Nothing, where each of them belongs to its platform.")
        {
            Subject = $"{first.Entry} platform",
            DefaultSeverity = Severity.Info,
        };
    }

    private static string Digits(JobOutputs job, string path) => job.Hashes.TryGetValue(path, out string? hash) ? hash[..Math.Min(ShownDigits, hash.Length)] : "absent";

    private static string Platform(JobOutputs job) => job.Platform.Length > 0 ? job.Platform : "a platform that is not known";

    private static string Machine(JobOutputs job) => job.Machine.Length > 0 ? $"{job.Machine} (job {job.Job})" : $"job {job.Job}";
}
