using System.Xml;

namespace ReproGate.Tasks;

/// <summary>Which version of ReproGate.Sdk runs.</summary>
internal static class RunningSdk
{
    /// <summary>The version in the nuspec that NuGet leaves beside the extracted package; empty where there is none (a source tree).</summary>
    public static string Version(string packageDirectory)
    {
        try
        {
            string nuspec = Path.Combine(packageDirectory, "reprogate.sdk.nuspec");
            if (!File.Exists(nuspec))
            {
                nuspec = Path.Combine(packageDirectory, "ReproGate.Sdk.nuspec");
            }

            if (!File.Exists(nuspec))
            {
                return "";
            }

            using XmlReader reader = XmlReader.Create(nuspec, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            return reader.ReadToFollowing("version") ? reader.ReadElementContentAsString().Trim() : "";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or XmlException)
        {
            return "";
        }
    }
}
