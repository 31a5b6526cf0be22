Console.WriteLine("ProofMesh");
