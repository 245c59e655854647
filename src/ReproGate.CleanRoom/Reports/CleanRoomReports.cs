using System.Text;

namespace ReproGate.CleanRoom.Reports;

/// <summary>Writes every report of a run into a folder; SARIF is written by whoever judges, for every check alike.</summary>
public static class CleanRoomReports
{
    /// <summary>Names of the files, in the order they are written; cleanroom.json last, so that it stands for a whole set.</summary>
    public static IReadOnlyList<string> Names { get; } = ["cleanroom.html", .. OfOutputs, "cleanroom.json"];

    // Where nothing was built they have nothing to tell.
    private static string[] OfOutputs => ["provenance.intoto.json", "bom.cdx.json", "outputs.sha256", "repeat.sh"];

    /// <summary>Writes them, each whole or not at all.</summary>
    /// <param name="folder">The folder; created where it is missing.</param>
    /// <param name="report">What there is to tell.</param>
    /// <exception cref="IOException">A file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be written.</exception>
    public static void WriteAll(string folder, CleanRoomReport report)
    {
        Write("cleanroom.html", CleanRoomPage.Write(report));
        if (report.Outputs is { } outputs)
        {
            Write("provenance.intoto.json", Provenance.Write(report));
            Write("bom.cdx.json", BillOfMaterials.Write(report));
            Write("outputs.sha256", Encoding.UTF8.GetBytes(outputs.ToText()));
            Write("repeat.sh", Encoding.UTF8.GetBytes(RepeatScript.Write(report)));
        }
        else
        {
            // Those of an earlier run would speak of a build that this one did not see.
            foreach (string name in OfOutputs)
            {
                File.Delete(Path.Combine(folder, name));
            }
        }

        Write("cleanroom.json", CleanRoomJson.Write(report));

        void Write(string name, ReadOnlySpan<byte> content) => ReportFile.Write(Path.Combine(folder, name), content);
    }
}
