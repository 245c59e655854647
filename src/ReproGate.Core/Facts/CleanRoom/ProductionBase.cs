namespace ReproGate.Facts.CleanRoom;

/// <summary>What a repository says its programs run on in production.</summary>
/// <param name="Image">The base image: of a Dockerfile's last stage, or ContainerBaseImage; empty where only the family is named.</param>
/// <param name="Family">ContainerFamily, for example <c>alpine</c>; empty where an image is named.</param>
/// <param name="Location">Where it is said.</param>
public sealed record ProductionBase(string Image, string Family, SourceLocation Location);
